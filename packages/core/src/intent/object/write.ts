import type { Resource, ResourceSet } from '@berth/api';
import { fullName } from './lookup.ts';

/** Something to store: an object made or changed, or one to delete. */
export type ResourceWrite = { readonly verb: 'upsert' | 'delete'; readonly object: Resource };

/** The resources as they are after the writes: what a source would list once it has stored them. */
export function withWrites(resources: ResourceSet, writes: readonly ResourceWrite[]): ResourceSet {
  const result: Record<string, readonly Resource[]> = { ...resources };
  for (const [kind, ofKind] of Map.groupBy(writes, ({ object }) => object.kind)) {
    const objects = new Map((result[kind] ?? []).map((each) => [fullName(each), each]));
    for (const { verb, object } of ofKind) {
      objects.delete(fullName(object));
      if (verb === 'upsert') objects.set(fullName(object), object);
    }
    result[kind] = [...objects.values()];
  }
  return { ...resources, ...result };
}
