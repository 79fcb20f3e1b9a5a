import { customResourceDefinition, type DefinedKindName } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import type { Api } from '../api/api.ts';
import { ApiError } from '../api/api-error.ts';
import { definitionPath } from '../api/resource-path.ts';
import { builtIn, type Definition, definitionOf } from './definition.ts';

/** How a cluster defines a kind; undefined when it does not know it. Throws as `call` of the API does. */
export async function readDefinition(
  kind: DefinedKindName,
  api: Api,
  signal: AbortSignal,
): Promise<Definition | undefined> {
  const path = definitionPath(kind);
  if (path === undefined) return builtIn;
  const [version] = customResourceDefinition(kind).spec.versions;
  try {
    const crd = await api.call({ method: 'GET', path, signal });
    return version && definitionOf(crd, version.name, version.schema.openAPIV3Schema);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The finding that a cluster does not know a kind. */
export function notInstalled(kind: DefinedKindName): Finding {
  return finding('kind-not-installed', {
    message: `the cluster has no ${customResourceDefinition(kind).metadata.name}`,
    cure: 'install the CustomResourceDefinitions of Berth, which are in crds/',
  });
}

/** The finding that the cluster's definition of a kind of our own lacks fields; undefined when it does not. */
export function outdated(kind: DefinedKindName, { lacks }: Definition): Finding | undefined {
  if (lacks.length === 0) return undefined;
  return finding('definition-older', {
    message: `the cluster's definition of ${customResourceDefinition(kind).metadata.name} lacks ${lacks.join(', ')}; the cluster drops what is written there`,
    cure: 'apply the CustomResourceDefinitions that come with this release of Berth, which are in crds/',
  });
}
