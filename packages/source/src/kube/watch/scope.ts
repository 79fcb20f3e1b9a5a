import {
  type DefinedKindName,
  externalGatewayConfigName,
  externalGatewayConfigNamespace,
  type KindName,
  kinds,
  labelLength,
  nodeNameLabel,
} from '@berth/api';

/** Which objects of a kind are read. */
export type Scope = {
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
};

/** All objects of all kinds, but of ConfigMaps only the one that we read. */
export function scopeOf(kind: DefinedKindName): Scope {
  if (kind !== 'ConfigMap') return {};
  return {
    namespace: externalGatewayConfigNamespace,
    fieldSelector: `metadata.name=${externalGatewayConfigName}`,
  };
}

/** One object of a kind that is of no namespace. */
export function oneObject(name: string): Scope {
  return { fieldSelector: `metadata.name=${name}` };
}

/**
 * What a node's agent needs to know to attach its pods: those of the node, their addresses, and every subnet. No label tells the addresses of
 * a node apart whose name is too long for one: all of them are followed then.
 */
export function podsOfNode(node: string): ReadonlyMap<KindName, Scope | undefined> {
  const ofNode = node.length <= labelLength ? { labelSelector: `${nodeNameLabel}=${node}` } : undefined;
  return new Map<KindName, Scope | undefined>([
    ['Pod', { fieldSelector: `spec.nodeName=${node}` }],
    ['IP', ofNode],
    ['Subnet', undefined],
  ]);
}

/** Every kind that is read. */
export const kindsRead: readonly KindName[] = Object.values(kinds).map(({ name }) => name);
