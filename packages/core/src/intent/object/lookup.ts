import type { KindName, Resource, ResourceByKind, ResourceSet } from '@berth/api';
import type { Asker } from '../../memo/per-item.ts';
import { fullName, NamedObjects } from './named-objects.ts';

export { fullName } from './named-objects.ts';

/** The resources of one kind by name; `namespace/name` for namespaced kinds. */
export type ByName<K extends KindName> = ReadonlyMap<string, ResourceByKind[K]>;

/** Every resource by kind and name, in one fixed order whatever the order they came in. */
export type Lookup = { readonly [K in KindName]: ByName<K> };

/** Indexes resources by name: sooner for one who asks again and again, and whose lists change a little. */
export function lookupOf(resources: ResourceSet, asker?: Asker): Lookup {
  const of = <K extends KindName>(kind: K): ByName<K> => {
    const list: readonly ResourceByKind[K][] = resources[kind];
    return indexes[kind](list, asker);
  };
  return {
    ConfigMap: of('ConfigMap'),
    GatewayPolicy: of('GatewayPolicy'),
    IP: of('IP'),
    Namespace: of('Namespace'),
    Node: of('Node'),
    OvnDnatRule: of('OvnDnatRule'),
    OvnEip: of('OvnEip'),
    OvnFip: of('OvnFip'),
    OvnSnatRule: of('OvnSnatRule'),
    Pod: of('Pod'),
    ProviderNetwork: of('ProviderNetwork'),
    Subnet: of('Subnet'),
    Vip: of('Vip'),
    Vlan: of('Vlan'),
    Vpc: of('Vpc'),
  };
}

type Index<K extends KindName> = (list: readonly ResourceByKind[K][], asker: Asker | undefined) => ByName<K>;

/** A list that was indexed before has the very same index, whoever asks. */
function indexing<K extends KindName>(): Index<K> {
  const ofList = new WeakMap<readonly ResourceByKind[K][], NamedObjects<ResourceByKind[K]>>();
  const ofAsker = new WeakMap<Asker, NamedObjects<ResourceByKind[K]>>();
  return (list, asker) => {
    const before = asker && ofAsker.get(asker);
    const index = ofList.get(list) ?? before?.amended(list) ?? NamedObjects.of<ResourceByKind[K]>(list);
    ofList.set(list, index);
    if (asker) ofAsker.set(asker, index);
    return index;
  };
}

const indexes: { readonly [K in KindName]: Index<K> } = {
  ConfigMap: indexing(),
  GatewayPolicy: indexing(),
  IP: indexing(),
  Namespace: indexing(),
  Node: indexing(),
  OvnDnatRule: indexing(),
  OvnEip: indexing(),
  OvnFip: indexing(),
  OvnSnatRule: indexing(),
  Pod: indexing(),
  ProviderNetwork: indexing(),
  Subnet: indexing(),
  Vip: indexing(),
  Vlan: indexing(),
  Vpc: indexing(),
};

/** The objects of a map in its order, the very same list each time. */
export function listOf<T>(objects: ReadonlyMap<string, T>): readonly T[] {
  if (objects instanceof NamedObjects) return objects.list;
  const known = lists.get(objects);
  if (known) return known as readonly T[];
  const list = [...objects.values()];
  lists.set(objects, list);
  return list;
}

const lists = new WeakMap<object, readonly unknown[]>();

/** A map with others in the places of objects of the same names. */
export function withReplaced<T extends Resource>(
  objects: ReadonlyMap<string, T>,
  others: readonly T[],
): ReadonlyMap<string, T> {
  if (others.length === 0) return objects;
  if (objects instanceof NamedObjects) return objects.replaced(others);
  return new Map([...objects, ...others.map((each) => [fullName(each), each] as const)]);
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
