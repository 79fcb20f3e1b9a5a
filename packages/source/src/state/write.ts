import { isDeepStrictEqual } from 'node:util';
import { controllerFinalizer, formatRef, type Resource, refKey, refOf } from '@berth/api';
import type { ResourceWrite } from '@berth/core';
import { SourceFault } from '../fault.ts';
import { contentOf, fieldOf, fieldsOf } from './manifest.ts';
import type { Identify } from './reconcile.ts';
import { type Entry, type Filled, nothingFilled, type State } from './state.ts';

/** The state after the controller's writes. @throws SourceFault `stale-write` */
export function withWrites(state: State, writes: readonly ResourceWrite[], identify: Identify): State {
  const entries = new Map(state.entries);
  for (const { verb, object } of writes) {
    const key = refKey(refOf(object));
    const before = entries.get(key);
    refuseStale(before, object);
    const after = verb === 'delete' ? deleted(before, identify) : upserted(before, object, identify);
    if (after) entries.set(key, after);
    else entries.delete(key);
  }
  return { ...state, entries };
}

function refuseStale(entry: Entry | undefined, object: Resource): void {
  const { uid, generation } = object.metadata;
  const ref = formatRef(refOf(object));
  if (uid !== undefined && uid !== entry?.uid) {
    throw new SourceFault('stale-write', `${ref} was deleted since it was listed; list again`);
  }
  if (entry?.manifest && generation !== entry.generation) {
    throw new SourceFault(
      'stale-write',
      `${ref} is at generation ${entry.generation}, not ${generation}; list again`,
    );
  }
}

function deleted(entry: Entry | undefined, { now }: Identify): Entry | undefined {
  if (!entry?.finalizers.includes(controllerFinalizer)) return undefined;
  return { ...entry, deletionTimestamp: entry.deletionTimestamp ?? now() };
}

function upserted(entry: Entry | undefined, object: Resource, identify: Identify): Entry | undefined {
  const { finalizers } = object.metadata;
  const status = fieldOf(object, 'status');
  if (entry?.deletionTimestamp !== undefined && !finalizers.includes(controllerFinalizer)) return undefined;
  if (entry?.manifest) {
    return { ...entry, finalizers, filled: filledIn(entry.manifest.resource, object), status };
  }
  const own = contentOf(object);
  const same = entry?.own && isDeepStrictEqual(fieldOf(entry.own, 'spec'), fieldOf(own, 'spec'));
  return {
    uid: entry?.uid ?? identify.newUid(),
    generation: entry ? entry.generation + (same ? 0 : 1) : 1,
    creationTimestamp: entry?.creationTimestamp ?? identify.now(),
    ...(entry?.deletionTimestamp !== undefined && { deletionTimestamp: entry.deletionTimestamp }),
    finalizers,
    own,
    filled: nothingFilled,
    status,
  };
}

/** What the controller's version has that the user did not write. */
function filledIn(manifest: Resource, object: Resource): Filled {
  const { labels, annotations } = manifest.metadata;
  return {
    labels: added(labels, object.metadata.labels),
    annotations: added(annotations, object.metadata.annotations),
    spec: added(fieldsOf(fieldOf(manifest, 'spec')), fieldsOf(fieldOf(object, 'spec'))),
  };
}

function added<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(after).filter(([key]) => !Object.hasOwn(before, key)));
}
