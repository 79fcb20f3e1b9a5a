import { type KindName, kinds, type Resource, type ResourceRef, resourceSetOf } from '@berth/api';
import { type Asker, type Finding, perItem, perObject, perObjectWith, picking } from '@berth/core';
import type { Entry } from './entry.ts';
import { problemFindings } from './problem-findings.ts';
import { SortedEntries } from './sorted-entries.ts';

type Entries = ReadonlyMap<string, Entry>;

/** What a listing says of one kind: its objects in order, and what is wrong with them. */
export type Listed = { readonly sorted: readonly Resource[]; readonly findings: readonly Finding[] };

/**
 * The objects of a cache, which is the one that asks. Most kinds stay as they are from pass to pass, and so does this; of thousands of which
 * one changed it costs that one.
 */
export function resourcesOf(asker: Asker, entries: Entries): readonly Resource[] {
  return readable(resourceOfEach(asker, inOrder(entries), {}));
}

const resourceOfEach = perItem(({ resource }: Entry) => resource);

const readable = perObject((resources: readonly (Resource | undefined)[]): readonly Resource[] =>
  isAllRead(resources) ? resources : resources.filter((each) => each !== undefined),
);

function isAllRead(resources: readonly (Resource | undefined)[]): resources is readonly Resource[] {
  return !resources.includes(undefined);
}

function inOrder(entries: Entries): readonly Entry[] {
  return entries instanceof SortedEntries ? entries.list : [...entries.values()];
}

type Asked = { readonly kind: KindName; readonly asker: Asker };

/** What a listing says of the cache of a kind, which is the one that asks. */
export const listedOf = perObjectWith((entries: Entries, { kind, asker }: Asked): Listed => {
  const resources = resourcesOf(asker, entries);
  // In the order of their keys they are there already, but for namespaces of which one is the beginning of another.
  const isSorted = !kinds[kind].namespaced;
  const sorted = isSorted ? resources : resourceSetOf(resources)[kind];
  return { sorted, findings: problemsIn(kind, asker, entries) };
});

function problemsIn(kind: KindName, asker: Asker, entries: Entries): readonly Finding[] {
  if (bad(asker, inOrder(entries)).length === 0) return [];
  return [...entries].flatMap(([key, entry]) =>
    entry.problems.length === 0 ? [] : problemFindings(refOfEntry(kind, key), entry),
  );
}

const bad = picking(({ problems }: Entry) => problems.length > 0);

/** Which object an entry of a cache is about. */
export function refOfEntry(kind: KindName, key: string): ResourceRef {
  const [namespace = '', name = ''] = key.split('/');
  return namespace === '' ? { kind, name } : { kind, namespace, name };
}
