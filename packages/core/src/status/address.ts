import type { IP, OvnEip, Vip } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { Lookup } from '../intent/lookup.ts';
import { perObject } from '../memo/per-object.ts';

/** The addresses that objects have, by subnet: EIPs of an external one, IPs and Vips of one of a VPC. */
export function addressesBySubnet(
  { OvnEip, IP, Vip }: Pick<Lookup, 'OvnEip' | 'IP' | 'Vip'>,
  defaultExternalSubnet: string,
): ReadonlyMap<string, readonly Ip[]> {
  const found = new Map<string, Ip[]>();
  const add = (subnet: string | undefined, ips: readonly Ip[]): void => {
    if (subnet === undefined) return;
    const others = found.get(subnet);
    if (others) others.push(...ips);
    else found.set(subnet, [...ips]);
  };
  for (const eip of OvnEip.values()) add(eip.spec.externalSubnet || defaultExternalSubnet, ofEip(eip));
  for (const ip of IP.values()) add(ip.spec.subnet, ofIp(ip));
  for (const vip of Vip.values()) add(vip.spec.subnet, ofVip(vip));
  return found;
}

const ofEip = perObject(({ status }: OvnEip) => read(status?.v4Ip, status?.v6Ip));
const ofIp = perObject(({ spec }: IP) => read(spec.v4IpAddress, spec.v6IpAddress));
const ofVip = perObject(({ status }: Vip) => read(status?.v4ip, status?.v6ip));

function read(...texts: readonly (string | undefined)[]): readonly Ip[] {
  return texts.flatMap((text) => (text && parseIp(text)) || []);
}
