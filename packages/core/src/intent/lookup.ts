import type { KindName, ResourceByKind, ResourceSet } from '@berth/api';

/** The resources of one kind by name; `namespace/name` for namespaced kinds. */
export type ByName<K extends KindName> = ReadonlyMap<string, ResourceByKind[K]>;

/** Every resource by kind and name, in one fixed order whatever the order they came in. */
export type Lookup = { readonly [K in KindName]: ByName<K> };

/** Indexes resources by name. */
export function lookupOf(resources: ResourceSet): Lookup {
  return {
    ConfigMap: byName(resources.ConfigMap),
    GatewayPolicy: byName(resources.GatewayPolicy),
    IP: byName(resources.IP),
    Namespace: byName(resources.Namespace),
    Node: byName(resources.Node),
    OvnDnatRule: byName(resources.OvnDnatRule),
    OvnEip: byName(resources.OvnEip),
    OvnFip: byName(resources.OvnFip),
    OvnSnatRule: byName(resources.OvnSnatRule),
    Pod: byName(resources.Pod),
    ProviderNetwork: byName(resources.ProviderNetwork),
    Subnet: byName(resources.Subnet),
    Vip: byName(resources.Vip),
    Vlan: byName(resources.Vlan),
    Vpc: byName(resources.Vpc),
  };
}

function byName<T extends { metadata: { name: string; namespace?: string | undefined } }>(
  list: readonly T[],
): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  let last = '';
  let sorted = true;
  for (const resource of list) {
    const name = fullName(resource);
    sorted &&= last <= name;
    last = name;
    named.set(name, resource);
  }
  if (sorted) return named;
  return new Map([...named].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

/** `namespace/name`, or the bare name of a cluster-scoped object. */
export function fullName({
  metadata,
}: {
  metadata: { name: string; namespace?: string | undefined };
}): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** Whether an object is being deleted. */
export function isTerminating({
  metadata,
}: {
  metadata: { deletionTimestamp?: string | undefined };
}): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Orders objects by who was there first: creation time, then name. Conflicts are decided in favour of the first. */
export function bySeniority<T extends { metadata: { name: string; creationTimestamp?: string | undefined } }>(
  left: T,
  right: T,
): number {
  const { creationTimestamp: first = '9', name: one } = left.metadata;
  const { creationTimestamp: second = '9', name: other } = right.metadata;
  if (first !== second) return first < second ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
