import {
  defaultVpc,
  type IP,
  type OvnEip,
  type ProviderNetwork,
  type Resource,
  type Rule,
  refOf,
  type Subnet,
  type Vip,
  type Vlan,
  type Vpc,
} from '@berth/api';
import type { ObjectRef } from '../../finding/finding.ts';
import { externalWishes } from './external-wish.ts';
import type { GatewayConfig } from './gateway-config.ts';
import type { Lookup } from './lookup.ts';
import { isOwn, machinePodType, podOf } from './own-object.ts';
import { routerPortName } from './router-port-name.ts';
import { targetKindOf } from './target-kind.ts';

/** Who uses an address of a workload: its pod, or the rules that lead to it. One that was made for a pod goes with it, whoever leads there. */
export function ipUsers(ip: IP, rules: readonly Rule[], pods: Lookup['Pod']): readonly ObjectRef[] {
  const pod = podOf(ip, { Pod: pods });
  const isOfPod = !pod && isOwn(ip) && ip.spec.podType !== machinePodType;
  const leading = isOfPod ? [] : rules.filter((rule) => leadsTo(rule, ip));
  return [...(pod ? [refOf(pod)] : []), ...refs(leading)];
}

/** Who uses a virtual address. */
export function vipUsers(vip: Vip, rules: readonly Rule[]): readonly ObjectRef[] {
  return refs(rules.filter((rule) => leadsTo(rule, vip)));
}

/** Who uses an EIP, of the rules and VPCs that are in effect. */
export function eipUsers(
  eip: OvnEip,
  rules: readonly Rule[],
  vpcs: Lookup['Vpc'],
  { defaultSubnet, config }: { readonly defaultSubnet: string; readonly config: GatewayConfig | undefined },
): readonly ObjectRef[] {
  const users = rules.filter(({ spec }) => spec.ovnEip === eip.metadata.name);
  const subnet = eip.spec.externalSubnet || defaultSubnet;
  const routers = [...vpcs.values()].filter(
    (vpc) =>
      eip.metadata.name === routerPortName(vpc.metadata.name, subnet) &&
      externalWishes(vpc, config, defaultSubnet).some((wish) => wish.subnet === subnet),
  );
  return refs([...users, ...routers]);
}

type SubnetUsers = {
  readonly rules: readonly Rule[];
  readonly IP: Lookup['IP'];
  readonly Vip: Lookup['Vip'];
  readonly eips: readonly OvnEip[];
};

/** Who uses a subnet. */
export function subnetUsers(
  { metadata }: Subnet,
  { rules, IP, Vip, eips }: SubnetUsers,
  defaultSubnet: string,
): readonly ObjectRef[] {
  const inside = [...IP.values(), ...Vip.values()].filter(({ spec }) => spec.subnet === metadata.name);
  const translated = rules.filter(
    (rule) => rule.kind === 'OvnSnatRule' && rule.spec.vpcSubnet === metadata.name,
  );
  const outside = eips.filter(({ spec }) => (spec.externalSubnet || defaultSubnet) === metadata.name);
  return refs([...inside, ...outside, ...translated]);
}

/** Who uses a VPC: its own subnets among these, and its rules. */
export function vpcUsers(
  { metadata: { name } }: Vpc,
  subnets: readonly Subnet[],
  rules: readonly Rule[],
): readonly ObjectRef[] {
  return refs([
    ...subnets.filter(({ spec }) => !spec.vlan && (spec.vpc || defaultVpc) === name),
    ...rules.filter(({ spec }) => spec.vpc === name),
  ]);
}

/** Who uses a VLAN. */
export function vlanUsers({ metadata }: Vlan, subnets: readonly Subnet[]): readonly ObjectRef[] {
  return refs(subnets.filter(({ spec }) => spec.vlan === metadata.name));
}

/** Who uses a provider network. */
export function providerNetworkUsers(
  { metadata }: ProviderNetwork,
  vlans: readonly Vlan[],
): readonly ObjectRef[] {
  return refs(vlans.filter(({ spec }) => spec.provider === metadata.name));
}

function leadsTo(rule: Rule, { kind, metadata }: IP | Vip): boolean {
  return targetKindOf(rule) === kind && rule.spec.ipName === metadata.name;
}

function refs(resources: readonly Resource[]): readonly ObjectRef[] {
  return resources.map(refOf);
}
