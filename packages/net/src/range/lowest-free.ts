import { type Cidr, cidrSpan } from '../cidr/cidr.ts';
import { hostSpan, isHost } from '../cidr/hosts.ts';
import { encodeIp, type Ip } from '../ip/ip.ts';
import { hasIp, type IpSet } from './ip-set.ts';
import { type Spans, sizeOf, spanAt, subtract } from './span.ts';

/**
 * An address of the network for a host: `preferred` if it is usable and free, else the lowest that is. Undefined
 * when the network is full. Looks only at the runs of `taken`, so a full /8 or an empty /64 costs the same.
 */
export function lowestFree(cidr: Cidr, taken: IpSet, preferred?: Ip | undefined): Ip | undefined {
  if (preferred !== undefined && isHost(cidr, preferred) && !hasIp(taken, preferred)) return preferred;
  const { family } = cidrSpan(cidr);
  const { first, last } = hostSpan(cidr);
  // Runs never touch, so the number after the run that covers `first` is free.
  const covering = spanAt(taken[family], first);
  const value = covering ? covering.last + 1n : first;
  return value <= last ? encodeIp({ family, value }) : undefined;
}

/** The addresses of the network that a host could still get. */
export function freeIps(cidr: Cidr, taken: IpSet): IpSet {
  const { family } = cidrSpan(cidr);
  const free: Spans = subtract([hostSpan(cidr)], taken[family]);
  return family === 'IPv4' ? { IPv4: free, IPv6: [] } : { IPv4: [], IPv6: free };
}

/** How many addresses of the network a host could still get. */
export function countFree(cidr: Cidr, taken: IpSet): bigint {
  return sizeOf(freeIps(cidr, taken)[cidrSpan(cidr).family]);
}
