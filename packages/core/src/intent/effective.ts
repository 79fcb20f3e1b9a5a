import {
  defaultVpc,
  type KindName,
  kinds,
  type OvnEip,
  type Resource,
  type Rule,
  refOf,
  type Subnet,
} from '@berth/api';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { type Asker, picking } from '../memo/per-item.ts';
import { externalWishes } from './external-wish.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { inUse } from './in-use.ts';
import { lateUsersOf } from './late-user.ts';
import { fullName, isTerminating, type Lookup, listOf } from './lookup.ts';
import { isOwn, machinePodType, podOf } from './own-object.ts';
import { portHolders } from './port-holder.ts';

/** What is in effect: everything that is not being deleted, and what is but others still use. */
export type Effective = {
  readonly lookup: Lookup;
  /** Objects that are being deleted and that nobody uses any more: once their rows are gone they may go. */
  readonly released: readonly Resource[];
  readonly findings: readonly Finding[];
};

/**
 * Sorts out deletions. An object that is being deleted stays in effect while an object that is in effect uses it, so
 * that no order of deletion can pull a network away under its users. A pod that is being deleted works until it is gone.
 */
export function effectiveOf(
  listed: Lookup,
  defaultSubnet: string,
  config: GatewayConfig | undefined,
  asker: Asker = {},
): Effective {
  const { lookup: all, findings: late } = withoutLate(listed, defaultSubnet, asker);
  const findings: Finding[] = [...late];
  const released: Resource[] = [];
  const keep = <T extends Resource>(
    kind: ReadonlyMap<string, T>,
    users: (each: T) => readonly ObjectRef[],
    isMeant: (each: T) => boolean = () => true,
  ): ReadonlyMap<string, T> => {
    const gone = new Set<string>();
    for (const each of leavingOf(asker, listOf(kind))) {
      if (!isMeant(each)) continue;
      const used = users(each);
      if (used.length > 0) findings.push(inUse(each, used, { ...all, config, defaultSubnet }));
      else {
        released.push(each);
        gone.add(fullName(each));
      }
    }
    return gone.size === 0 ? kind : new Map([...kind].filter(([name]) => !gone.has(name)));
  };
  const unused = (): readonly ObjectRef[] => [];
  const holders = new Set(portHolders([...all.Pod.values()]));
  const Pod = only(all.Pod, (pod) => holders.has(pod));
  const GatewayPolicy = only(all.GatewayPolicy, (policy) => !isTerminating(policy));
  const OvnFip = keep(all.OvnFip, unused);
  const OvnSnatRule = keep(all.OvnSnatRule, unused);
  const OvnDnatRule = keep(all.OvnDnatRule, unused);
  const rules = [...listOf(OvnFip), ...OvnSnatRule.values(), ...OvnDnatRule.values()];
  const IP = keep(all.IP, (ip) => {
    const pod = podOf(ip, { Pod });
    // One that was made for a pod goes with it, whoever leads there.
    const isOfPod = !pod && isOwn(ip) && ip.spec.podType !== machinePodType;
    const leading = isOfPod ? [] : rules.filter((rule) => leadsToIp(rule, ip.metadata.name));
    return [...(pod ? [refOf(pod)] : []), ...refs(leading)];
  });
  const Vip = keep(all.Vip, ({ metadata }) => refs(rules.filter((rule) => leadsToVip(rule, metadata.name))));
  // What a VPC waits for comes before the VPC, and the VPC before its ports' EIPs: one that waits still serves by them.
  const inner = keep(
    all.Subnet,
    (subnet) => subnetUsers(subnet, { rules, IP, Vip, eips: standing(all.OvnEip, rules) }, defaultSubnet),
    ({ spec }) => !spec.vlan,
  );
  const Vpc = keep(all.Vpc, (vpc) =>
    refs([
      ...[...inner.values()].filter(
        ({ spec }) => !spec.vlan && (spec.vpc || defaultVpc) === vpc.metadata.name,
      ),
      ...rules.filter(({ spec }) => spec.vpc === vpc.metadata.name),
    ]),
  );
  const eips = keep(all.OvnEip, (eip) => eipUsers(eip, rules, Vpc, defaultSubnet, config));
  const Subnet = keep(
    inner,
    (subnet) => subnetUsers(subnet, { rules, IP, Vip, eips: [...eips.values()] }, defaultSubnet),
    ({ spec }) => Boolean(spec.vlan),
  );
  const Vlan = keep(all.Vlan, ({ metadata }) =>
    refs([...Subnet.values()].filter(({ spec }) => spec.vlan === metadata.name)),
  );
  const ProviderNetwork = keep(all.ProviderNetwork, ({ metadata }) =>
    refs([...Vlan.values()].filter(({ spec }) => spec.provider === metadata.name)),
  );
  return {
    lookup: {
      ...all,
      Pod,
      GatewayPolicy,
      OvnFip,
      OvnSnatRule,
      OvnDnatRule,
      IP,
      Vip,
      OvnEip: eips,
      Subnet,
      Vpc,
      Vlan,
      ProviderNetwork,
    },
    released,
    findings,
  };
}

/** What there is without those who came to what was being deleted. Mostly nothing is, and nobody did. */
function withoutLate(
  listed: Lookup,
  defaultSubnet: string,
  asker: Asker,
): { readonly lookup: Lookup; readonly findings: readonly Finding[] } {
  const used = [listed.OvnEip, listed.Subnet, listed.Vip, listed.Vpc];
  if (used.every((kind) => leavingOf<Resource>(asker, listOf<Resource>(kind)).length === 0))
    return { lookup: listed, findings: [] };
  const { isLate, findings } = lateUsersOf(listed, defaultSubnet);
  const inTime = (each: Resource): boolean => !isLate(each);
  const { OvnDnatRule, OvnEip, OvnFip, OvnSnatRule, Vip } = listed;
  const lookup = {
    ...listed,
    OvnDnatRule: only(OvnDnatRule, inTime),
    OvnEip: only(OvnEip, inTime),
    OvnFip: only(OvnFip, inTime),
    OvnSnatRule: only(OvnSnatRule, inTime),
    Vip: only(Vip, inTime),
  };
  return { lookup, findings };
}

/** The objects of one kind that are being deleted. */
function leavingOf<T extends Resource>(asker: Asker, objects: readonly T[]): readonly T[] {
  const [first] = objects;
  // Of a list of one kind come objects of that kind.
  return first ? (leaving[first.kind](asker, objects) as readonly T[]) : [];
}

const leavingEach = () => picking((object: Resource) => isTerminating(object));

const leaving = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, leavingEach()])) as Record<
  KindName,
  ReturnType<typeof leavingEach>
>;

/** The objects that something holds of; the very same map where it holds of all. */
function only<T>(kind: ReadonlyMap<string, T>, holds: (each: T) => boolean): ReadonlyMap<string, T> {
  if (listOf(kind).every(holds)) return kind;
  return new Map([...kind].filter(([, each]) => holds(each)));
}

/** The EIPs that are in effect whatever becomes of the VPCs. */
function standing(eips: Lookup['OvnEip'], rules: readonly Rule[]): readonly OvnEip[] {
  const used = new Set(rules.map(({ spec }) => spec.ovnEip));
  return [...eips.values()].filter((eip) => !isTerminating(eip) || used.has(eip.metadata.name));
}

/** Who uses an EIP, of the rules and VPCs that are in effect. */
function eipUsers(
  eip: OvnEip,
  rules: readonly Rule[],
  vpcs: Lookup['Vpc'],
  defaultSubnet: string,
  config: GatewayConfig | undefined,
): readonly ObjectRef[] {
  const users = rules.filter(({ spec }) => spec.ovnEip === eip.metadata.name);
  const subnet = eip.spec.externalSubnet || defaultSubnet;
  const routers = [...vpcs.values()].filter(
    (vpc) =>
      eip.metadata.name === `${vpc.metadata.name}-${subnet}` &&
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

function subnetUsers(
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

function leadsToIp(rule: Rule, name: string): boolean {
  const isVip = rule.kind !== 'OvnSnatRule' && rule.spec.ipType === 'vip';
  return !isVip && rule.spec.ipName === name;
}

function leadsToVip(rule: Rule, name: string): boolean {
  return rule.kind !== 'OvnSnatRule' && rule.spec.ipType === 'vip' && rule.spec.ipName === name;
}

function refs(resources: readonly Resource[]): readonly ObjectRef[] {
  return resources.map(refOf);
}
