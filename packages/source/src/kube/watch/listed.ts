import { type KindName, type Resource, type ResourceRef, resourceSetOf } from '@berth/api';
import { type Finding, perObject, perObjectWith } from '@berth/core';
import type { Entry } from './entry.ts';
import { problemFindings } from './problem-findings.ts';

type Entries = ReadonlyMap<string, Entry>;

/** What a listing says of one kind: its objects in order, and what is wrong with them. */
export type Listed = { readonly sorted: readonly Resource[]; readonly findings: readonly Finding[] };

/** The objects of a cache. Most kinds stay as they are from pass to pass, and so does this. */
export const resourcesOf = perObject((entries: Entries): readonly Resource[] => {
  const resources: Resource[] = [];
  for (const { resource } of entries.values()) if (resource) resources.push(resource);
  return resources;
});

/** What a listing says of the cache of a kind. */
export const listedOf = perObjectWith((entries: Entries, { kind }: { readonly kind: KindName }): Listed => {
  const resources = resourcesOf(entries);
  // In the order of their keys they are there already, but for namespaces of which one is the beginning of another.
  const isSorted = resources.every(({ metadata }) => metadata.namespace === undefined);
  const sorted = isSorted ? resources : resourceSetOf(resources)[kind];
  return { sorted, findings: problemsIn(kind, entries) };
});

function problemsIn(kind: KindName, entries: Entries): readonly Finding[] {
  // First whether there is any: mostly there is none among thousands, and a list that changed is asked with each pass.
  for (const { problems } of entries.values()) {
    if (problems.length > 0)
      return [...entries].flatMap(([key, entry]) =>
        entry.problems.length === 0 ? [] : problemFindings(refOfEntry(kind, key), entry),
      );
  }
  return [];
}

/** Which object an entry of a cache is about. */
export function refOfEntry(kind: KindName, key: string): ResourceRef {
  const [namespace = '', name = ''] = key.split('/');
  return namespace === '' ? { kind, name } : { kind, namespace, name };
}
