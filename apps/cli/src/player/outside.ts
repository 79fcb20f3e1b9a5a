import { type ResourceSet, type Subnet, splitCidrs, splitIps } from '@berth/api';
import type { OutsideNetwork } from '@berth/lab';
import { cidrFamily, familyOf, firstHost, formatInterfaceAddress } from '@berth/net';

/**
 * What the outside router has on each wire: the gateway address of every external subnet. The lab's first wire is the
 * NIC `eth1` of each node, the second `eth2`, and so on; networks on other NICs lead nowhere here.
 */
export function outsideNetworks(
  { ProviderNetwork, Vlan, Subnet }: ResourceSet,
  wires: readonly string[],
): readonly OutsideNetwork[] {
  return Subnet.flatMap((subnet) => {
    const vlan = Vlan.find(({ metadata }) => metadata.name === subnet.spec.vlan);
    const network = ProviderNetwork.find(({ metadata }) => metadata.name === vlan?.spec.provider);
    const [, number] = /^eth(\d+)$/.exec(network?.spec.defaultInterface ?? '') ?? [];
    const wire = number === undefined ? undefined : wires[Number(number) - 1];
    if (!vlan || wire === undefined) return [];
    return [{ wire, vlanId: vlan.spec.id ?? 0, addresses: gatewayAddresses(subnet) }];
  });
}

function gatewayAddresses({ spec }: Subnet): readonly string[] {
  const gateways = splitIps(spec.gateway ?? '');
  return splitCidrs(spec.cidrBlock).map((cidr) => {
    const ip = gateways.find((each) => familyOf(each) === cidrFamily(cidr)) ?? firstHost(cidr);
    return formatInterfaceAddress({ ip, cidr });
  });
}
