import { familyOf, ipValue, parseIp, parseMac } from '@berth/net';

/** A number of a match: what it is worth, and how many bits that takes; undefined for one that OVN cannot read. */
export type MatchValue = { readonly bits: number; readonly isMasked: boolean };

type Read = { readonly value: bigint; readonly form: 'number' | 'IPv4' | 'IPv6' | 'MAC' };

/** Reads a number, or an address, with its mask where it has one (ovn-sb(5), Logical_Flow match, constants). */
export function matchValueOf(text: string): MatchValue | undefined {
  const [value = '', mask, ...more] = text.split('/');
  const whole = readNumber(value);
  if (whole === undefined || more.length > 0) return undefined;
  if (mask === undefined) return { bits: bitsOf(whole.value), isMasked: false };
  const masking = maskOf(mask, whole);
  return masking === undefined ? undefined : { bits: bitsOf(whole.value & masking), isMasked: true };
}

function readNumber(text: string): Read | undefined {
  if (/^0[xX][0-9A-Fa-f]+$/.test(text)) return { value: BigInt(text), form: 'number' };
  if (/^(?:0|[1-9][0-9]*)$/.test(text)) {
    const value = BigInt(text);
    return value < 1n << 64n ? { value, form: 'number' } : undefined;
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
  if (mask?.form !== 'number' || form === 'number' || form === 'MAC') return undefined;
  const length = form === 'IPv4' ? 32n : 128n;
  if (!/^[0-9]+$/.test(text) || mask.value > length) return undefined;
  return ((1n << mask.value) - 1n) << (length - mask.value);
}

function bitsOf(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
