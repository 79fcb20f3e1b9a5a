import { type Decoded, decode, encode, type Family } from './address.ts';

declare const brand: unique symbol;

/** An IPv4 or IPv6 address in its canonical text, so equal addresses are equal strings. */
export type Ip = string & { readonly [brand]: 'Ip' };

/** What a text is when read as an address. Users' spellings are told apart so that a finding can name the cure. */
export type IpReading =
  | { readonly kind: 'ip'; readonly ip: Ip }
  /** An address, but spelled otherwise than OVN and Kube-OVN compare it. */
  | { readonly kind: 'not-canonical'; readonly reason: 'upper-case' | 'spelling'; readonly ip: Ip }
  | { readonly kind: 'invalid'; readonly reason: 'not-an-address' | 'has-prefix-length' | 'has-zone' };

/** Reads an address and says exactly how far it is from its canonical form. */
export function readIp(text: string): IpReading {
  const decoded = decode(text);
  if (decoded) {
    const ip = encodeIp(decoded);
    if (ip === text) return { kind: 'ip', ip };
    return { kind: 'not-canonical', reason: /[A-F]/.test(text) ? 'upper-case' : 'spelling', ip };
  }
  const bare = /^([^/%]*)([/%])/.exec(text);
  if (bare?.[1] === undefined || !decode(bare[1])) return { kind: 'invalid', reason: 'not-an-address' };
  return { kind: 'invalid', reason: bare[2] === '/' ? 'has-prefix-length' : 'has-zone' };
}

/** The address a text stands for, in any valid spelling; undefined if it is none. */
export function parseIp(text: string): Ip | undefined {
  const decoded = decode(text);
  return decoded && encodeIp(decoded);
}

/** The family of an address. */
export function familyOf(ip: Ip): Family {
  return ip.includes(':') ? 'IPv6' : 'IPv4';
}

/** The address as an unsigned number of 32 or 128 bits. */
export function ipValue(ip: Ip): bigint {
  return decodeIp(ip).value;
}

/** The address of a family with a number; undefined if the number does not fit the family. */
export function ipOf(family: Family, value: bigint): Ip | undefined {
  const limit = family === 'IPv4' ? 1n << 32n : 1n << 128n;
  return value >= 0n && value < limit ? encodeIp({ family, value }) : undefined;
}

/** Total order: IPv4 before IPv6, then by number. Negative, zero or positive, as `Array.sort` wants it. */
export function compareIp(left: Ip, right: Ip): number {
  if (left === right) return 0;
  const [a, b] = [decodeIp(left), decodeIp(right)];
  if (a.family !== b.family) return a.family === 'IPv4' ? -1 : 1;
  return a.value < b.value ? -1 : 1;
}

/** The number behind an address; an `Ip` always has one. */
export function decodeIp(ip: Ip): Decoded {
  const decoded = decode(ip);
  if (!decoded) throw new TypeError(`not an Ip: ${ip}`);
  return decoded;
}

/** The one place where a text becomes an `Ip`. */
export function encodeIp(decoded: Decoded): Ip {
  return encode(decoded) as Ip;
}
