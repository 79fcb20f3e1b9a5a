import { kinds, type Resource } from '@berth/api';

/** A field of an object, whatever its kind. */
export function fieldOf(resource: { readonly [key: string]: unknown }, field: string): unknown {
  return resource[field];
}

/** A value as an object with any fields; empty if it is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/**
 * What a user's file says that counts: all but the metadata and status that only a server gives, as an exported file
 * has them; when it was made counts for an object that is not stored yet, see `reconcile`. A status stays on Kubernetes' own kinds, where nobody else writes one.
 */
export function manifestOf(resource: Resource): Resource {
  return kinds[resource.kind].group === '' ? withoutServerMetadata(resource) : contentOf(resource);
}

/** An object without the metadata that only a server gives, and without its status. */
export function contentOf(resource: Resource): Resource {
  const bare = withoutServerMetadata(resource);
  if (!('status' in bare)) return bare;
  const { status: _status, ...rest } = bare;
  return rest;
}

function withoutServerMetadata<R extends Resource>(resource: R): R {
  const { name, namespace, labels, annotations, ownerReferences } = resource.metadata;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    generation: 1,
    labels,
    annotations,
    finalizers: [],
    ownerReferences,
  };
  return { ...resource, metadata };
}
