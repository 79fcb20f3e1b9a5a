import { compareIp, familyOf, type Ip, type IpReading, readIp } from '../ip/ip.ts';

/** Addresses of one family from `first` to `last`, both part of it. A single address has both ends equal. */
export type IpRange = { readonly first: Ip; readonly last: Ip };

/** What a text is when read as an entry of `excludeIps`: `10.0.0.2` or `10.0.0.2..10.0.0.9`. */
export type IpRangeReading =
  | { readonly kind: 'range'; readonly range: IpRange }
  | { readonly kind: 'not-canonical'; readonly reason: 'upper-case' | 'spelling'; readonly range: IpRange }
  | { readonly kind: 'invalid'; readonly reason: 'not-a-range' | 'reversed' | 'mixed-families' };

/** Reads a range and says exactly what is wrong with it. */
export function readIpRange(text: string): IpRangeReading {
  const [firstText = '', lastText = firstText, ...rest] = text.split('..');
  const [first, last] = [readIp(firstText), readIp(lastText)];
  if (rest.length > 0 || first.kind === 'invalid' || last.kind === 'invalid') {
    return { kind: 'invalid', reason: 'not-a-range' };
  }
  const range = { first: first.ip, last: last.ip };
  if (familyOf(range.first) !== familyOf(range.last)) return { kind: 'invalid', reason: 'mixed-families' };
  if (compareIp(range.first, range.last) > 0) return { kind: 'invalid', reason: 'reversed' };
  const reason = spellingOf(first) ?? spellingOf(last);
  return reason ? { kind: 'not-canonical', reason, range } : { kind: 'range', range };
}

/** The range a text stands for, in any valid spelling; undefined if it is none. */
export function parseIpRange(text: string): IpRange | undefined {
  const reading = readIpRange(text);
  return reading.kind === 'invalid' ? undefined : reading.range;
}

/** The range as `excludeIps` has it. */
export function formatIpRange({ first, last }: IpRange): string {
  return first === last ? first : `${first}..${last}`;
}

function spellingOf(reading: IpReading): 'upper-case' | 'spelling' | undefined {
  return reading.kind === 'not-canonical' ? reading.reason : undefined;
}
