import { formatRef, type ResourceSet, refOf, resourcesIn } from '@berth/api';
import type { Finding, ObjectRef } from '@berth/core';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';

/** Findings by whose they are. */
export type Parted = { readonly own: readonly Finding[]; readonly ofOthers: readonly Finding[] };

/**
 * Puts aside what is wrong with routers and switches that no object is about, and touches nothing that one is about: whoever asks whether what he
 * asked for works is not told that it does not. Rows on a router of ours are ours to know of, whoever made them.
 */
export function partedFindings(
  findings: readonly Finding[],
  objects: ResourceSet,
  nb: Snapshot<NbTables>,
): Parted {
  const names = new Set(resourcesIn(objects).map((each) => formatRef(refOf(each))));
  const ports = portsOf(objects, nb);
  const isOwn = (ref: ObjectRef): boolean => {
    switch (ref.kind) {
      case 'NAT':
        return objects.Vpc.some(({ metadata }) => ref.name.startsWith(`${metadata.name}/`));
      case 'Logical_Router':
        return names.has(formatRef({ kind: 'Vpc', name: ref.name }));
      case 'Logical_Router_Port':
      case 'Logical_Switch_Port':
        return ports.has(ref.name);
      default:
        return true;
    }
  };
  const isOfOthers = ({ object, related }: Finding): boolean =>
    object !== undefined && !isOwn(object) && !related.some(isOwn);
  const { own = [], ofOthers = [] } = Object.groupBy(findings, (each) =>
    isOfOthers(each) ? 'ofOthers' : 'own',
  );
  return { own, ofOthers };
}

/** The ports of routers and switches that objects are about. */
function portsOf({ Vpc, Subnet }: ResourceSet, nb: Snapshot<NbTables>): ReadonlySet<string> {
  const vpcs = new Set(Vpc.map(({ metadata }) => metadata.name));
  const subnets = new Set(Subnet.map(({ metadata }) => metadata.name));
  const routers = [...nb.table('Logical_Router')].filter(({ name }) => vpcs.has(name));
  const switches = [...nb.table('Logical_Switch')].filter(({ name }) => subnets.has(name));
  const uuids = new Set<string>([...routers, ...switches].flatMap(({ ports }) => [...ports]));
  const rows = [...nb.table('Logical_Router_Port'), ...nb.table('Logical_Switch_Port')];
  return new Set(rows.filter(({ _uuid }) => uuids.has(_uuid)).map(({ name }) => name));
}
