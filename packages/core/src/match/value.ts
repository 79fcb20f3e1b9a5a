import { familyOf, ipValue, parseIp, parseMac } from '@berth/net';

/** A number of a match: what it is worth, and how many bits that takes. */
export type MatchValue = {
  readonly value: bigint;
  /** The bits that count; undefined where all do. */
  readonly mask: bigint | undefined;
  readonly bits: number;
};

type Read = {
  readonly value: bigint;
  readonly form: 'decimal' | 'hexadecimal' | 'IPv4' | 'IPv6' | 'MAC';
};

/** Reads a number, or an address, with its mask where it has one (ovn-sb(5), Logical_Flow match, constants); undefined for one that OVN cannot read. */
export function matchValueOf(text: string): MatchValue | undefined {
  const [value = '', mask, ...more] = text.split('/');
  const whole = readNumber(value);
  if (whole === undefined || more.length > 0) return undefined;
  if (mask === undefined) return { value: whole.value, mask: undefined, bits: bitsOf(whole.value) };
  const masking = maskOf(mask, whole);
  if (masking === undefined) return undefined;
  const meant = whole.value & masking;
  return { value: meant, mask: masking, bits: bitsOf(meant) };
}

function readNumber(text: string): Read | undefined {
  if (/^0[xX][0-9A-Fa-f]+$/.test(text)) return { value: BigInt(text), form: 'hexadecimal' };
  if (/^(?:0|[1-9][0-9]*)$/.test(text)) {
    const value = BigInt(text);
    return value < 1n << 64n ? { value, form: 'decimal' } : undefined;
  }
  const mac = /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/.test(text) ? parseMac(text) : undefined;
  if (mac) return { value: BigInt(`0x${mac.replaceAll(':', '')}`), form: 'MAC' };
  const ip = parseIp(text);
  return ip && { value: ipValue(ip), form: familyOf(ip) };
}

/** A mask is written as its value is; of an address it may be the length of a network as well. */
function maskOf(text: string, { form }: Read): bigint | undefined {
  const mask = readNumber(text);
  if (mask?.form === form) return mask.value;
  if (mask?.form !== 'decimal' || (form !== 'IPv4' && form !== 'IPv6')) return undefined;
  const length = form === 'IPv4' ? 32n : 128n;
  if (mask.value > length) return undefined;
  return ((1n << mask.value) - 1n) << (length - mask.value);
}

function bitsOf(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
