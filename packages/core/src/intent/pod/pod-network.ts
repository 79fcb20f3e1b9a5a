import { type IP, type Subnet, splitCidrs, splitIps } from '@berth/api';
import { cidrFamily, contains, familyOf, firstHost, type InterfaceAddress, type Ip } from '@berth/net';
import { perObjectWith } from '../../memo/per-object.ts';
import { storedIps } from '../object/stored-ips.ts';

/** What a pod's interface is set up with. */
export type PodNetwork = {
  readonly addresses: readonly InterfaceAddress[];
  /** Next hops of the subnet, one for each address. */
  readonly gateways: readonly Ip[];
};

/** The network of a pod by its IP object and the subnet of that: the addresses that lie in the subnet. */
export function podNetworkOf(ip: IP, subnet: Subnet): PodNetwork {
  return ofIp(ip, { subnet });
}

const ofIp = perObjectWith((ip: IP, { subnet: { spec } }: { readonly subnet: Subnet }): PodNetwork => {
  const cidrs = splitCidrs(spec.cidrBlock);
  const addresses = storedIps(ip).flatMap((address) => {
    const cidr = cidrs.find((each) => contains(each, address));
    return cidr ? [{ ip: address, cidr }] : [];
  });
  const given = splitIps(spec.gateway ?? '');
  return {
    addresses,
    gateways: addresses.map(
      ({ cidr }) => given.find((each) => familyOf(each) === cidrFamily(cidr)) ?? firstHost(cidr),
    ),
  };
});
