import { defaultVpc, formatRef, type OvnEip, type Resource, refOf, type Subnet, type Vpc } from '@berth/api';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { isTerminating, type Lookup } from './lookup.ts';

/** What is in effect: everything that is not being deleted, and what is but others still use. */
export type Effective = {
  readonly lookup: Lookup;
  /** Objects that are being deleted and that nobody uses any more: once their rows are gone they may go. */
  readonly released: readonly Resource[];
  readonly findings: readonly Finding[];
};

/**
 * Sorts out deletions. An object that is being deleted stays in effect while an object that is in effect uses it, so
 * that no order of deletion can pull a network away under its users.
 */
export function effectiveOf(all: Lookup, defaultSubnet: string): Effective {
  const findings: Finding[] = [];
  const released: Resource[] = [];
  const keep = <T extends Resource>(
    kind: ReadonlyMap<string, T>,
    users: (each: T) => readonly ObjectRef[],
  ): ReadonlyMap<string, T> =>
    new Map(
      [...kind].filter(([, each]) => {
        if (!isTerminating(each)) return true;
        const used = users(each);
        if (used.length > 0) findings.push(inUse(each, used));
        else released.push(each);
        return used.length > 0;
      }),
    );
  const unused = (): readonly ObjectRef[] => [];
  const Pod = new Map([...all.Pod].filter(([, pod]) => !isTerminating(pod)));
  const OvnFip = keep(all.OvnFip, unused);
  const IP = keep(all.IP, unused);
  const eips = keep(all.OvnEip, (eip) => eipUsers(eip, OvnFip, all.Vpc, defaultSubnet));
  const Subnet = keep(all.Subnet, (subnet) => subnetUsers(subnet, IP, eips, defaultSubnet));
  const Vpc = keep(all.Vpc, (vpc) =>
    refs(
      [...Subnet.values()].filter(({ spec }) => !spec.vlan && (spec.vpc || defaultVpc) === vpc.metadata.name),
    ),
  );
  const Vlan = keep(all.Vlan, ({ metadata }) =>
    refs([...Subnet.values()].filter(({ spec }) => spec.vlan === metadata.name)),
  );
  const ProviderNetwork = keep(all.ProviderNetwork, ({ metadata }) =>
    refs([...Vlan.values()].filter(({ spec }) => spec.provider === metadata.name)),
  );
  return {
    lookup: { ...all, Pod, OvnFip, IP, OvnEip: eips, Subnet, Vpc, Vlan, ProviderNetwork },
    released,
    findings,
  };
}

/** Whether a VPC is to have a port on an external subnet. */
export function isAttached({ spec }: Vpc, subnet: string, defaultSubnet: string): boolean {
  if (!spec.enableExternal) return false;
  const extra = spec.extraExternalSubnets ?? [];
  return extra.length > 0 ? extra.includes(subnet) : subnet === defaultSubnet;
}

function eipUsers(
  eip: OvnEip,
  fips: Lookup['OvnFip'],
  vpcs: Lookup['Vpc'],
  defaultSubnet: string,
): readonly ObjectRef[] {
  const rules = [...fips.values()].filter(({ spec }) => spec.ovnEip === eip.metadata.name);
  const subnet = eip.spec.externalSubnet || defaultSubnet;
  const routers = [...vpcs.values()].filter(
    (vpc) =>
      !isTerminating(vpc) &&
      eip.metadata.name === `${vpc.metadata.name}-${subnet}` &&
      isAttached(vpc, subnet, defaultSubnet),
  );
  return refs([...rules, ...routers]);
}

function subnetUsers(
  { metadata }: Subnet,
  ips: Lookup['IP'],
  eips: Lookup['OvnEip'],
  defaultSubnet: string,
): readonly ObjectRef[] {
  const inside = [...ips.values()].filter(({ spec }) => spec.subnet === metadata.name);
  const outside = [...eips.values()].filter(
    ({ spec }) => (spec.externalSubnet || defaultSubnet) === metadata.name,
  );
  return refs([...inside, ...outside]);
}

function refs(resources: readonly Resource[]): readonly ObjectRef[] {
  return resources.map(refOf);
}

function inUse(object: Resource, users: readonly ObjectRef[]): Finding {
  const names = users.slice(0, 3).map(formatRef);
  const more = users.length > names.length ? ` and ${users.length - names.length} more` : '';
  return finding('in-use', {
    object: refOf(object),
    message: `${formatRef(refOf(object))} is being deleted but is used by ${names.join(', ')}${more}`,
    cure: 'delete its users first, or keep it',
    related: users,
  });
}
