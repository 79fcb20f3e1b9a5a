import type { Resource, ResourceSet } from '@berth/api';
import { fullName } from './lookup.ts';

/** Something to store: an object made or changed, or one to delete. */
export type ResourceWrite = { readonly verb: 'upsert' | 'delete'; readonly object: Resource };

/** The resources as they are after the writes: what a source would list once it has stored them. */
export function withWrites(resources: ResourceSet, writes: readonly ResourceWrite[]): ResourceSet {
  const result: Record<string, readonly Resource[]> = { ...resources };
  for (const { verb, object } of writes) {
    const others = (result[object.kind] ?? []).filter((each) => fullName(each) !== fullName(object));
    result[object.kind] = verb === 'delete' ? others : [...others, object];
  }
  return { ...resources, ...result };
}
