import { type Ip, parseIp } from '@berth/net';
import type { Lookup } from '../intent/lookup.ts';

/** The addresses that objects have, by subnet: EIPs of an external one, IPs and Vips of one of a VPC. */
export function addressesBySubnet(
  { OvnEip, IP, Vip }: Pick<Lookup, 'OvnEip' | 'IP' | 'Vip'>,
  defaultExternalSubnet: string,
): ReadonlyMap<string, readonly Ip[]> {
  const found = new Map<string, Ip[]>();
  const add = (subnet: string | undefined, ...texts: readonly (string | undefined)[]): void => {
    if (subnet === undefined) return;
    const ips = texts.flatMap((text) => (text && parseIp(text)) || []);
    const others = found.get(subnet);
    if (others) others.push(...ips);
    else found.set(subnet, ips);
  };
  for (const { spec, status } of OvnEip.values())
    add(spec.externalSubnet || defaultExternalSubnet, status?.v4Ip, status?.v6Ip);
  for (const { spec } of IP.values()) add(spec.subnet, spec.v4IpAddress, spec.v6IpAddress);
  for (const { spec, status } of Vip.values()) add(spec.subnet, status?.v4ip, status?.v6ip);
  return found;
}
