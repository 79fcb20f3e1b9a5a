import { type Cidr, cidrSpan } from '../cidr/cidr.ts';
import type { Family } from '../ip/address.ts';
import { decodeIp, encodeIp, type Ip } from '../ip/ip.ts';
import type { IpRange } from './ip-range.ts';
import { insert, normalize, type Span, type Spans, sizeOf, spanAt, subtract } from './span.ts';

/** A set of addresses of both families, as runs; its size in memory is the number of runs, not of addresses. */
export type IpSet = Readonly<Record<Family, Spans>>;

/** What a set can be made of: an address, or a range of them. */
export type IpItem = Ip | IpRange;

/** The set with nothing in it. */
export const emptyIpSet: IpSet = { IPv4: [], IPv6: [] };

/** The set of these addresses and ranges; they may repeat, touch and overlap. */
export function ipSet(items: Iterable<IpItem>): IpSet {
  const spans: Record<Family, Span[]> = { IPv4: [], IPv6: [] };
  for (const item of items) {
    const [first, last] = typeof item === 'string' ? [item, item] : [item.first, item.last];
    const { family, value } = decodeIp(first);
    spans[family].push({ first: value, last: decodeIp(last).value });
  }
  return { IPv4: normalize(spans.IPv4), IPv6: normalize(spans.IPv6) };
}

/** All addresses of a network. */
export function ipSetOfCidr(cidr: Cidr): IpSet {
  const { family, first, last } = cidrSpan(cidr);
  return { ...emptyIpSet, [family]: [{ first, last }] };
}

/** Everything in either set. */
export function unionIps(left: IpSet, right: IpSet): IpSet {
  return { IPv4: normalize([...left.IPv4, ...right.IPv4]), IPv6: normalize([...left.IPv6, ...right.IPv6]) };
}

/** What is in `left` and not in `right`. */
export function subtractIps(left: IpSet, right: IpSet): IpSet {
  return { IPv4: subtract(left.IPv4, right.IPv4), IPv6: subtract(left.IPv6, right.IPv6) };
}

/** The set with one address more. */
export function addIp(set: IpSet, ip: Ip): IpSet {
  const { family, value } = decodeIp(ip);
  return { ...set, [family]: insert(set[family], value) };
}

/** Whether an address is in the set. */
export function hasIp(set: IpSet, ip: Ip): boolean {
  const { family, value } = decodeIp(ip);
  return spanAt(set[family], value) !== undefined;
}

/** How many addresses of a family are in the set. */
export function countIps(set: IpSet, family: Family): bigint {
  return sizeOf(set[family]);
}

/** The set as ranges, IPv4 first, ascending. */
export function rangesOf(set: IpSet): readonly IpRange[] {
  const families: readonly Family[] = ['IPv4', 'IPv6'];
  return families.flatMap((family) =>
    set[family].map(({ first, last }) => ({
      first: encodeIp({ family, value: first }),
      last: encodeIp({ family, value: last }),
    })),
  );
}
