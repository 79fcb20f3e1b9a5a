import { formatRef, originKey } from '@berth/api';
import { type Change, compiledTables, type ObjectRef, ownerOf } from '@berth/core';
import { isMap, type Snapshot } from '@berth/ovsdb/value';

/** What became of an object's rows. */
export type ObjectResult = {
  readonly object: ObjectRef;
  readonly result: 'created' | 'configured' | 'deleted';
};

/** The objects that have rows of an instance, as `formatRef` writes them. */
export function objectsWithRows(nb: Snapshot, instance: string): ReadonlySet<string> {
  const objects = new Set<string>();
  for (const table of compiledTables) {
    for (const row of nb.table(table)) {
      if (ownerOf(row) !== instance) continue;
      const ids = row['external_ids'];
      const origin = isMap(ids) ? ids.get(originKey) : undefined;
      if (typeof origin === 'string') objects.add(origin);
    }
  }
  return objects;
}

/** What changes meant for the objects that caused them, which had rows `before` and have rows `after`. In order of first change. */
export function objectResults(
  changes: readonly Change[],
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly ObjectResult[] {
  const results = new Map<string, ObjectResult>();
  for (const { cause } of changes) {
    if (!cause) continue;
    const name = formatRef(cause);
    const result = !after.has(name) ? 'deleted' : before.has(name) ? 'configured' : 'created';
    results.set(name, { object: cause, result });
  }
  return [...results.values()];
}
