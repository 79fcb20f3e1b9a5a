import { externalGatewayConfigName, externalGatewayConfigNamespace, type KindName, kinds } from '@berth/api';

/** Which objects of a kind are read. */
export type Scope = { readonly namespace?: string; readonly fieldSelector?: string };

/** All objects of all kinds, but of ConfigMaps only the one that we read. */
export function scopeOf(kind: KindName): Scope {
  if (kind !== 'ConfigMap') return {};
  return {
    namespace: externalGatewayConfigNamespace,
    fieldSelector: `metadata.name=${externalGatewayConfigName}`,
  };
}

/** Every kind that is read. */
export const kindsRead: readonly KindName[] = Object.values(kinds).map(({ name }) => name);
