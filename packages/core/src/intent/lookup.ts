import type { KindName, ResourceByKind, ResourceSet } from '@berth/api';
import { perObject } from '../memo/per-object.ts';

/** The resources of one kind by name; `namespace/name` for namespaced kinds. */
export type ByName<K extends KindName> = ReadonlyMap<string, ResourceByKind[K]>;

/** Every resource by kind and name, in one fixed order whatever the order they came in. */
export type Lookup = { readonly [K in KindName]: ByName<K> };

/** Indexes resources by name. A list that was indexed before has the very same index. */
export function lookupOf(resources: ResourceSet): Lookup {
  return {
    ConfigMap: indexes.ConfigMap(resources.ConfigMap),
    GatewayPolicy: indexes.GatewayPolicy(resources.GatewayPolicy),
    IP: indexes.IP(resources.IP),
    Namespace: indexes.Namespace(resources.Namespace),
    Node: indexes.Node(resources.Node),
    OvnDnatRule: indexes.OvnDnatRule(resources.OvnDnatRule),
    OvnEip: indexes.OvnEip(resources.OvnEip),
    OvnFip: indexes.OvnFip(resources.OvnFip),
    OvnSnatRule: indexes.OvnSnatRule(resources.OvnSnatRule),
    Pod: indexes.Pod(resources.Pod),
    ProviderNetwork: indexes.ProviderNetwork(resources.ProviderNetwork),
    Subnet: indexes.Subnet(resources.Subnet),
    Vip: indexes.Vip(resources.Vip),
    Vlan: indexes.Vlan(resources.Vlan),
    Vpc: indexes.Vpc(resources.Vpc),
  };
}

const indexes: { readonly [K in KindName]: (list: readonly ResourceByKind[K][]) => ByName<K> } = {
  ConfigMap: perObject(byName<ResourceByKind['ConfigMap']>),
  GatewayPolicy: perObject(byName<ResourceByKind['GatewayPolicy']>),
  IP: perObject(byName<ResourceByKind['IP']>),
  Namespace: perObject(byName<ResourceByKind['Namespace']>),
  Node: perObject(byName<ResourceByKind['Node']>),
  OvnDnatRule: perObject(byName<ResourceByKind['OvnDnatRule']>),
  OvnEip: perObject(byName<ResourceByKind['OvnEip']>),
  OvnFip: perObject(byName<ResourceByKind['OvnFip']>),
  OvnSnatRule: perObject(byName<ResourceByKind['OvnSnatRule']>),
  Pod: perObject(byName<ResourceByKind['Pod']>),
  ProviderNetwork: perObject(byName<ResourceByKind['ProviderNetwork']>),
  Subnet: perObject(byName<ResourceByKind['Subnet']>),
  Vip: perObject(byName<ResourceByKind['Vip']>),
  Vlan: perObject(byName<ResourceByKind['Vlan']>),
  Vpc: perObject(byName<ResourceByKind['Vpc']>),
};

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
