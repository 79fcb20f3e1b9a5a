import { customResourceDefinition, type DefinedKindName } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import { SourceFault } from '../../fault.ts';
import type { Api } from '../api/api.ts';
import { ApiError } from '../api/api-error.ts';
import { definitionPath } from '../api/resource-path.ts';
import { builtIn, type Definition, definitionOf } from './definition.ts';

/**
 * How a cluster defines a kind; undefined when it does not know it. Throws as `call` of the API does, and SourceFault `kind-not-served` where
 * it keeps objects of the kind and does not give them in the version that is read.
 */
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
    const definition = version && definitionOf(crd, version.name, version.schema.openAPIV3Schema);
    if (version && !definition) throw notServed(kind, version.name);
    return definition;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function notServed(kind: DefinedKindName, version: string): SourceFault {
  const { name } = customResourceDefinition(kind).metadata;
  const message = `the cluster's definition of ${name} does not serve ${version}, so its objects cannot be read; what is known of them stays in effect`;
  return new SourceFault('kind-not-served', message);
}

/** Whether the objects of a kind are there and cannot be read, for how the cluster defines it. */
export function isNotServed(fault: unknown): fault is SourceFault {
  return fault instanceof SourceFault && fault.code === 'kind-not-served';
}

/** The finding that a cluster does not serve a kind whose objects it keeps. */
export function unserved({ message }: SourceFault): Finding {
  return finding('kind-not-installed', {
    message,
    cure: 'apply the CustomResourceDefinitions of Berth, which are in crds/',
  });
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
