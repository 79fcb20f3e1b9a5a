import { bitsOf, type Family } from '../ip/address.ts';
import { compareIp, decodeIp, encodeIp, familyOf, type Ip, parseIp, readIp } from '../ip/ip.ts';

declare const brand: unique symbol;

/** A network in its canonical text, `10.0.0.0/24` or `2001:db8::/64`: no host bits, so equal networks are equal strings. */
export type Cidr = string & { readonly [brand]: 'Cidr' };

/** What a text is when read as a network. */
export type CidrReading =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'not-canonical'; readonly reason: 'upper-case' | 'spelling'; readonly cidr: Cidr }
  /** An address inside a network, such as `10.0.0.5/24`. */
  | { readonly kind: 'host-bits'; readonly ip: Ip; readonly cidr: Cidr }
  | { readonly kind: 'invalid'; readonly reason: 'not-a-cidr' | 'no-prefix-length' | 'prefix-too-long' };

/** Reads a network and says exactly how far it is from its canonical form. */
export function readCidr(text: string): CidrReading {
  const split = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (!split) return { kind: 'invalid', reason: parseIp(text) ? 'no-prefix-length' : 'not-a-cidr' };
  const [, address = '', length = ''] = split;
  const reading = readIp(address);
  if (reading.kind === 'invalid') return { kind: 'invalid', reason: 'not-a-cidr' };
  const cidr = networkOf(reading.ip, Number(length));
  if (!cidr) return { kind: 'invalid', reason: 'prefix-too-long' };
  if (networkAddress(cidr) !== reading.ip) return { kind: 'host-bits', ip: reading.ip, cidr };
  if (cidr === text) return { kind: 'cidr', cidr };
  return { kind: 'not-canonical', reason: reading.kind === 'ip' ? 'spelling' : reading.reason, cidr };
}

/** The network a text stands for, in any valid spelling; undefined if it is none or has host bits set. */
export function parseCidr(text: string): Cidr | undefined {
  const reading = readCidr(text);
  return reading.kind === 'cidr' || reading.kind === 'not-canonical' ? reading.cidr : undefined;
}

/** The network of a prefix length that holds an address; undefined if the length does not fit the family. */
export function networkOf(ip: Ip, prefixLength: number): Cidr | undefined {
  const { family, value } = decodeIp(ip);
  const bits = bitsOf[family];
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) return undefined;
  const hostBits = BigInt(bits - prefixLength);
  return encodeCidr(encodeIp({ family, value: (value >> hostBits) << hostBits }), prefixLength);
}

/** The network that holds one address only: `/32` or `/128`. */
export function hostCidr(ip: Ip): Cidr {
  return encodeCidr(ip, bitsOf[familyOf(ip)]);
}

/** The first address of a network, the one written before the slash. */
export function networkAddress(cidr: Cidr): Ip {
  return splitCidr(cidr).ip;
}

/** The number after the slash. */
export function prefixLengthOf(cidr: Cidr): number {
  return splitCidr(cidr).prefixLength;
}

/** The family of a network. */
export function cidrFamily(cidr: Cidr): Family {
  return familyOf(networkAddress(cidr));
}

/** The first and last number of a network, both part of it. */
export function cidrSpan(cidr: Cidr): CidrSpan {
  const known = spans.get(cidr);
  if (known) return known;
  const { ip, prefixLength } = splitCidr(cidr);
  const { family, value } = decodeIp(ip);
  const span = { family, first: value, last: value + (1n << BigInt(bitsOf[family] - prefixLength)) - 1n };
  if (spans.size === mostSpans) spans.clear();
  spans.set(cidr, span);
  return span;
}

type CidrSpan = { readonly family: Family; readonly first: bigint; readonly last: bigint };

/** Answers of `cidrSpan`. The few networks there are, are asked about for every address. */
const spans = new Map<Cidr, CidrSpan>();
const mostSpans = 10_000;

/** Whether an address, or a whole network, lies inside a network. Families never mix. */
export function contains(cidr: Cidr, inner: Ip | Cidr): boolean {
  const outer = cidrSpan(cidr);
  if (!isCidr(inner)) {
    const { family, value } = decodeIp(inner);
    return outer.family === family && outer.first <= value && value <= outer.last;
  }
  const span = cidrSpan(inner);
  return outer.family === span.family && outer.first <= span.first && span.last <= outer.last;
}

/** Whether two networks share an address. */
export function overlaps(left: Cidr, right: Cidr): boolean {
  return contains(left, right) || contains(right, left);
}

/** Total order: IPv4 before IPv6, then by network address, then the shorter prefix first. */
export function compareCidr(left: Cidr, right: Cidr): number {
  const [a, b] = [splitCidr(left), splitCidr(right)];
  return compareIp(a.ip, b.ip) || a.prefixLength - b.prefixLength;
}

function isCidr(value: Ip | Cidr): value is Cidr {
  return value.includes('/');
}

function splitCidr(cidr: Cidr): { readonly ip: Ip; readonly prefixLength: number } {
  const slash = cidr.lastIndexOf('/');
  const ip = parseIp(cidr.slice(0, slash));
  if (!ip) throw new TypeError(`not a Cidr: ${cidr}`);
  return { ip, prefixLength: Number(cidr.slice(slash + 1)) };
}

/** The one place where a text becomes a `Cidr`. */
function encodeCidr(network: Ip, prefixLength: number): Cidr {
  return `${network}/${prefixLength}` as Cidr;
}
