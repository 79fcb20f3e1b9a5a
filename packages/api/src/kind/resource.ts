import type { ConfigMap } from '../config-map/schema.ts';
import type { GatewayPolicy } from '../gateway-policy/schema.ts';
import type { IP } from '../ip/schema.ts';
import type { Namespace } from '../namespace/schema.ts';
import type { Node } from '../node/schema.ts';
import type { OvnDnatRule } from '../ovn-dnat-rule/schema.ts';
import type { OvnEip } from '../ovn-eip/schema.ts';
import type { OvnFip } from '../ovn-fip/schema.ts';
import type { OvnSnatRule } from '../ovn-snat-rule/schema.ts';
import type { Pod } from '../pod/schema.ts';
import type { ProviderNetwork } from '../provider-network/schema.ts';
import type { Subnet } from '../subnet/schema.ts';
import type { Vip } from '../vip/schema.ts';
import type { Vlan } from '../vlan/schema.ts';
import type { Vpc } from '../vpc/schema.ts';

/** The type of an object of each kind. */
export type ResourceByKind = {
  readonly ProviderNetwork: ProviderNetwork;
  readonly Vlan: Vlan;
  readonly Vpc: Vpc;
  readonly Subnet: Subnet;
  readonly OvnEip: OvnEip;
  readonly OvnFip: OvnFip;
  readonly OvnSnatRule: OvnSnatRule;
  readonly OvnDnatRule: OvnDnatRule;
  readonly GatewayPolicy: GatewayPolicy;
  readonly IP: IP;
  readonly Vip: Vip;
  readonly Node: Node;
  readonly Namespace: Namespace;
  readonly Pod: Pod;
  readonly ConfigMap: ConfigMap;
};

/** The name of a kind, as `kind:` has it. */
export type KindName = keyof ResourceByKind;

/** An object of any kind we read. */
export type Resource = ResourceByKind[KindName];

/** All objects, by kind. */
export type ResourceSet = { readonly [K in KindName]: readonly ResourceByKind[K][] };

/** The set with nothing in it. */
export function emptyResourceSet(): ResourceSet {
  return {
    ProviderNetwork: [],
    Vlan: [],
    Vpc: [],
    Subnet: [],
    OvnEip: [],
    OvnFip: [],
    OvnSnatRule: [],
    OvnDnatRule: [],
    GatewayPolicy: [],
    IP: [],
    Vip: [],
    Node: [],
    Namespace: [],
    Pod: [],
    ConfigMap: [],
  };
}

/** Objects sorted into their kinds, each kind by namespace and name, so that the order they came in does not show. */
export function resourceSetOf(resources: Iterable<Resource>): ResourceSet {
  const sorted = [...resources].sort(compareResource);
  const byKind = Map.groupBy(sorted, ({ kind }) => kind);
  const ofKind = <K extends KindName>(kind: K): readonly ResourceByKind[K][] =>
    (byKind.get(kind) ?? []).filter((resource): resource is ResourceByKind[K] => resource.kind === kind);
  return {
    ProviderNetwork: ofKind('ProviderNetwork'),
    Vlan: ofKind('Vlan'),
    Vpc: ofKind('Vpc'),
    Subnet: ofKind('Subnet'),
    OvnEip: ofKind('OvnEip'),
    OvnFip: ofKind('OvnFip'),
    OvnSnatRule: ofKind('OvnSnatRule'),
    OvnDnatRule: ofKind('OvnDnatRule'),
    GatewayPolicy: ofKind('GatewayPolicy'),
    IP: ofKind('IP'),
    Vip: ofKind('Vip'),
    Node: ofKind('Node'),
    Namespace: ofKind('Namespace'),
    Pod: ofKind('Pod'),
    ConfigMap: ofKind('ConfigMap'),
  };
}

/** All objects of a set, kind after kind. */
export function resourcesIn(set: ResourceSet): readonly Resource[] {
  return Object.values(set).flat();
}

function compareResource(left: Resource, right: Resource): number {
  return (
    compareText(left.metadata.namespace ?? '', right.metadata.namespace ?? '') ||
    compareText(left.metadata.name, right.metadata.name)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
