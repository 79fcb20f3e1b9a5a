import { formatRef, type KindName, kinds, type Resource, refOf } from '@berth/api';
import type { ResourceWrite } from '@berth/core';
import { SourceFault } from '../../fault.ts';
import type { Api, ApiRequest } from '../api/api.ts';
import { ApiError, faultOf } from '../api/api-error.ts';
import { resourcePath } from '../api/resource-path.ts';
import type { Cache } from '../watch/cache.ts';
import type { Entry } from '../watch/entry.ts';
import { isRawObject, type RawObject } from '../watch/raw-object.ts';
import type { Definition } from './definition.ts';
import { fieldManagers } from './owned.ts';
import { type Step, stepsOf } from './step.ts';

/** Where a write goes: the API, and the cache that takes its answer at once. */
export type WriteTarget = { readonly api: Api; readonly cache: Cache; readonly definition: Definition };

/**
 * Makes an object on the cluster what a write says. `entry` is the object as it was listed; a write that was meant for
 * another version is refused.
 *
 * @throws SourceFault `stale-write`, `write-refused`, `forbidden`, `unauthorized`, `cluster-busy`, `cluster-unreachable`
 */
export async function write(
  { verb, object }: ResourceWrite,
  entry: Entry | undefined,
  target: WriteTarget,
): Promise<void> {
  refuseStale(entry, object);
  try {
    if (verb === 'delete') return await remove(object, entry, target);
    if (!entry) return await create(object, target);
    await makeSteps(stepsOf(entry, object, target.definition), object, entry.version, target);
  } catch (error) {
    if (verb === 'delete' && error instanceof ApiError && error.status === 404) return;
    throw faultOf(
      error,
      `${verb === 'delete' ? 'deleting' : 'storing'} ${formatRef(refOf(object))}`,
      target.api.server,
    );
  }
}

function refuseStale(entry: Entry | undefined, object: Resource): void {
  const { uid, generation } = object.metadata;
  const ref = formatRef(refOf(object));
  if (uid !== entry?.uid && (uid !== undefined || entry?.resource !== undefined)) {
    throw new SourceFault('stale-write', `${ref} was replaced since it was listed; list again`);
  }
  if (entry?.resource && entry.resource.metadata.generation !== generation) {
    throw new SourceFault('stale-write', `${ref} was changed since it was listed; list again`);
  }
}

async function create(object: Resource, { api, cache }: WriteTarget): Promise<void> {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = object.metadata;
  const { status: _status, ...content } = { status: undefined, ...object };
  const body = {
    ...content,
    metadata: { name, namespace, labels, annotations, finalizers, ownerReferences },
  };
  const answer = await api.call({
    method: 'POST',
    path: resourcePath(object.kind, { namespace }),
    query: { fieldManager: fieldManagers.main },
    body,
  });
  take(answer, cache);
}

/** Makes steps, one after the other, each on what the one before left. Throws as a call of the API does. */
export async function makeSteps(
  steps: readonly Step[],
  object: Written,
  version: string,
  target: WriteTarget,
): Promise<void> {
  let known = version;
  for (const step of steps) known = await patch(step, object, known, target);
}

/** Which object is written. */
type Written = {
  readonly kind: KindName;
  readonly metadata: Pick<Resource['metadata'], 'name' | 'namespace'>;
};

async function patch(
  { verb, part, body }: Step,
  object: Written,
  version: string,
  { api, cache, definition }: WriteTarget,
): Promise<string> {
  const isStatus = part === 'status' && definition.hasStatus;
  const request: ApiRequest = {
    method: 'PATCH',
    path: `${resourcePath(object.kind, object.metadata)}${isStatus ? '/status' : ''}`,
    query: { fieldManager: fieldManagers[part], force: verb === 'apply' ? 'true' : undefined },
    patch: verb,
    body: { ...body, metadata: { ...body.metadata, resourceVersion: version } },
  };
  return take(await api.call(request), cache) ?? version;
}

async function remove(
  object: Resource,
  entry: Entry | undefined,
  { api, cache }: WriteTarget,
): Promise<void> {
  if (!entry) return;
  const answer = await api.call({
    method: 'DELETE',
    path: resourcePath(object.kind, object.metadata),
    body: {
      apiVersion: 'meta.k8s.io/v1',
      kind: 'DeleteOptions',
      preconditions: { uid: entry.uid, resourceVersion: entry.version },
    },
  });
  const { name, namespace } = object.metadata;
  if (answer['kind'] === kinds[object.kind].name) take(answer, cache);
  else
    cache.remove({
      metadata: { name, ...(namespace !== undefined && { namespace }), resourceVersion: entry.version },
    });
}

/** What we wrote is what the next listing shows, whether the watch has told of it or not. */
function take(answer: object, cache: Cache): string | undefined {
  if (!isRawObject(answer)) return undefined;
  const raw: RawObject = answer;
  cache.put(raw);
  const version = raw.metadata['resourceVersion'];
  return typeof version === 'string' ? version : undefined;
}
