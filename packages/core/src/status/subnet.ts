import { defaultVpc, refOf, type Subnet } from '@berth/api';
import {
  addIp,
  cidrFamily,
  countIps,
  emptyIpSet,
  type Family,
  freeIps,
  type IpSet,
  ipSet,
  ipSetOfCidr,
  parseIpRange,
  rangesOf,
  subtractIps,
  unionIps,
} from '@berth/net';
import type { Network } from '../intent/intent.ts';
import { conditionsOf } from './condition.ts';
import { subnetHeldUp } from './held-up.ts';
import { errorBehind, errorOf, pending, programmed, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** What a subnet shows: its addresses, used and still to be had. */
export function subnetStatus(subnet: Subnet, view: View): NonNullable<Subnet['status']> {
  const networks = networksOf(subnet, view);
  const used = view.addressesIn.get(subnet.metadata.name) ?? emptyIpSet;
  const ipv4 = poolOf(subnet, 'IPv4', networks, used);
  const ipv6 = poolOf(subnet, 'IPv6', networks, used);
  return {
    ...subnet.status,
    v4availableIPs: ipv4.available.count,
    v4availableIPrange: ipv4.available.text,
    v4usingIPs: ipv4.using.count,
    v4usingIPrange: ipv4.using.text,
    v6availableIPs: ipv6.available.count,
    v6availableIPrange: ipv6.available.text,
    v6usingIPs: ipv6.using.count,
    v6usingIPrange: ipv6.using.text,
    conditions: conditionsOf(subnet, verdictOf(subnet, networks, view), view),
  };
}

function verdictOf(subnet: Subnet, networks: readonly Network[], view: View): Verdict {
  const error = errorOf(refOf(subnet), view.findings);
  if (error) return error;
  const { vlan, vpc } = subnet.spec;
  const needed = vlan ? [{ kind: 'Vlan', name: vlan }] : [];
  const behind = errorBehind(needed, view.findings);
  if (behind) return behind;
  if (networks.length === 0)
    return pending(`waits for ${vlan ? `vlan/${vlan}` : `vpc/${vpc || defaultVpc}`}`);
  const cidrs = networks.map(({ cidr }) => cidr).join(' and ');
  const external = view.externals.get(subnet.metadata.name);
  if (!external) {
    const router = view.vpcs.get(subnet.spec.vpc || defaultVpc);
    const held = router && subnetHeldUp(router, view);
    return held ?? programmed(`${cidrs} in vpc/${subnet.spec.vpc || defaultVpc}`);
  }
  const tag = external.vlanId === 0 ? 'untagged' : `VLAN ${external.vlanId}`;
  return programmed(`${cidrs} on provider-network/${external.provider}, ${tag}`);
}

/** The networks of a subnet that is in effect; none otherwise. */
function networksOf({ metadata }: Subnet, { externals, overlays }: View): readonly Network[] {
  return (externals.get(metadata.name) ?? overlays.get(metadata.name))?.networks ?? [];
}

type Count = { readonly count: number; readonly text: string };

/** A host can still get what is not used, not excluded, and not the gateway. */
function poolOf(
  { spec }: Subnet,
  family: Family,
  networks: readonly Network[],
  addresses: IpSet,
): { readonly available: Count; readonly using: Count } {
  const network = networks.find(({ cidr }) => cidrFamily(cidr) === family);
  if (!network) return { available: { count: 0, text: '' }, using: { count: 0, text: '' } };
  const all = ipSetOfCidr(network.cidr);
  const using = subtractIps(all, subtractIps(all, addresses));
  const excluded = ipSet((spec.excludeIps ?? []).flatMap((text) => parseIpRange(text) ?? []));
  const taken = addIp(unionIps(using, excluded), network.gateway);
  return { available: countOf(freeIps(network.cidr, taken), family), using: countOf(using, family) };
}

/** Kube-OVN's text of a set: `10.9.101.2,10.9.101.10-10.9.101.254`. */
function countOf(set: IpSet, family: Family): Count {
  const text = rangesOf(set).map(({ first, last }) => (first === last ? first : `${first}-${last}`));
  return { count: Number(countIps(set, family)), text: text.join(',') };
}
