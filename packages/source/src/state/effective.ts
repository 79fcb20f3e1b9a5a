import type { Resource } from '@berth/api';
import { fieldOf, fieldsOf } from './manifest.ts';
import type { Entry } from './state.ts';

/**
 * The object as it is listed: the user's fields, then what was filled in, our metadata and our status. The very same object for as long as
 * nothing about it changes. A Pod has no uid: one in a file says what is wanted now, and is none that was made at a moment, runs, and is
 * replaced by another one of its name.
 */
export function effective(entry: Entry): Resource | undefined {
  const base = entry.manifest?.resource ?? entry.own;
  if (!base) return undefined;
  const listed = known.get(entry) ?? overlaid(base, entry);
  known.set(entry, listed);
  return listed;
}

const known = new WeakMap<Entry, Resource>();

function overlaid<R extends Resource>(base: R, entry: Entry): R {
  const { uid, generation, creationTimestamp, deletionTimestamp, finalizers, filled, status } = entry;
  const spec = fieldOf(base, 'spec');
  return {
    ...base,
    metadata: {
      ...base.metadata,
      ...(uid !== '' && base.kind !== 'Pod' && { uid }),
      ...(creationTimestamp !== '' && { creationTimestamp }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      generation,
      finalizers,
      labels: { ...filled.labels, ...base.metadata.labels },
      annotations: { ...filled.annotations, ...base.metadata.annotations },
    },
    ...(spec !== undefined && { spec: { ...filled.spec, ...fieldsOf(spec) } }),
    ...(status !== undefined && { status }),
  };
}
