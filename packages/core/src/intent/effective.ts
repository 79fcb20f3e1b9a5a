import { type KindName, kinds, type OvnEip, type Resource, type Rule } from '@berth/api';
import type { GuestPorts } from '../fabric/guest-ports.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { type Asker, picking } from '../memo/per-item.ts';
import type { GatewayConfig } from './object/gateway-config.ts';
import { guestRef, inUse } from './object/in-use.ts';
import { lateUsersOf } from './object/late-user.ts';
import { fullName, isTerminating, type Lookup, listOf } from './object/lookup.ts';
import { portHolders } from './object/port-holder.ts';
import {
  eipUsers,
  ipUsers,
  providerNetworkUsers,
  subnetUsers,
  vipUsers,
  vlanUsers,
  vpcUsers,
} from './object/users.ts';

/** What is in effect: everything that is not being deleted, and what is but others still use. */
export type Effective = {
  readonly lookup: Lookup;
  /** Objects that are being deleted and that nobody uses any more: once their rows are gone they may go. */
  readonly released: readonly Resource[];
  readonly findings: readonly Finding[];
};

/**
 * Sorts out deletions. An object that is being deleted stays in effect while an object that is in effect uses it, so
 * that no order of deletion can pull a network away under its users; so does an external subnet for ports that others put on its switch. A pod that is being deleted works until it is gone.
 */
export function effectiveOf(
  listed: Lookup,
  defaultSubnet: string,
  config: GatewayConfig | undefined,
  asker: Asker = {},
  guests: GuestPorts = new Map(),
): Effective {
  const { lookup: all, findings: late } = withoutLate(listed, defaultSubnet, asker);
  const { keep, released, findings } = deletionsOf({ ...all, config, defaultSubnet, guests }, asker);
  const holders = new Set(portHolders([...all.Pod.values()]));
  const Pod = only(all.Pod, (pod) => holders.has(pod));
  const GatewayPolicy = only(all.GatewayPolicy, (policy) => !isTerminating(policy));
  const OvnFip = keep(all.OvnFip, nobody);
  const OvnSnatRule = keep(all.OvnSnatRule, nobody);
  const OvnDnatRule = keep(all.OvnDnatRule, nobody);
  const rules = [...listOf(OvnFip), ...OvnSnatRule.values(), ...OvnDnatRule.values()];
  const IP = keep(all.IP, (ip) => ipUsers(ip, rules, Pod));
  const Vip = keep(all.Vip, (vip) => vipUsers(vip, rules));
  // What a VPC waits for comes before the VPC, and the VPC before its ports' EIPs: one that waits still serves by them.
  const inner = keep(
    all.Subnet,
    (subnet) => subnetUsers(subnet, { rules, IP, Vip, eips: standing(all.OvnEip, rules) }, defaultSubnet),
    ({ spec }) => !spec.vlan,
  );
  const Vpc = keep(all.Vpc, (vpc) => vpcUsers(vpc, [...inner.values()], rules));
  const OvnEip = keep(all.OvnEip, (eip) => eipUsers(eip, rules, Vpc, { defaultSubnet, config }));
  const Subnet = keep(
    inner,
    (subnet) => [
      ...subnetUsers(subnet, { rules, IP, Vip, eips: [...OvnEip.values()] }, defaultSubnet),
      ...(guests.get(subnet.metadata.name) ?? []).map(guestRef),
    ],
    ({ spec }) => Boolean(spec.vlan),
  );
  const Vlan = keep(all.Vlan, (vlan) => vlanUsers(vlan, [...Subnet.values()]));
  const ProviderNetwork = keep(all.ProviderNetwork, (network) =>
    providerNetworkUsers(network, [...Vlan.values()]),
  );
  const kept = {
    ...{ OvnFip, OvnSnatRule, OvnDnatRule, IP, Vip, OvnEip },
    ...{ Subnet, Vpc, Vlan, ProviderNetwork },
  };
  return { lookup: { ...all, Pod, GatewayPolicy, ...kept }, released, findings: [...late, ...findings] };
}

const nobody = (): readonly ObjectRef[] => [];

/** What becomes of objects that are being deleted, kind by kind. */
type Deletions = Pick<Effective, 'released' | 'findings'> & {
  /** The objects of a kind that stay in effect; of those that are not `isMeant` all do. */
  keep<T extends Resource>(
    kind: ReadonlyMap<string, T>,
    users: (each: T) => readonly ObjectRef[],
    isMeant?: (each: T) => boolean,
  ): ReadonlyMap<string, T>;
};

function deletionsOf(known: Parameters<typeof inUse>[2], asker: Asker): Deletions {
  const findings: Finding[] = [];
  const released: Resource[] = [];
  return {
    released,
    findings,
    keep: (kind, users, isMeant = () => true) => {
      const gone = new Set<string>();
      for (const each of leavingOf(asker, listOf(kind))) {
        if (!isMeant(each)) continue;
        const used = users(each);
        if (used.length > 0) findings.push(inUse(each, used, known));
        else {
          released.push(each);
          gone.add(fullName(each));
        }
      }
      return gone.size === 0 ? kind : new Map([...kind].filter(([name]) => !gone.has(name)));
    },
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
