import { formatRef, originKey, type Resource, type ResourceSet, refOf, resourcesIn } from '@berth/api';
import { type Change, compiledTables, followsNodes, isWitness, type ObjectRef, ownerOf } from '@berth/core';
import { isMap, type Snapshot } from '@berth/ovsdb/value';

/** What became of an object and its rows. */
export type ObjectResult = {
  readonly object: ObjectRef;
  /**
   * `adjusted`: nothing of it was changed, only the rows for it that follow nodes, as the order of gateways does. `unprogrammed`: it is still there,
   * but has no row any more. `deleted`: it is gone, whether or not it had rows.
   */
  readonly result: 'created' | 'configured' | 'adjusted' | 'unprogrammed' | 'deleted';
  /** Rows that changed. */
  readonly rows: number;
  /** What of it follows nodes and changed, in words. */
  readonly followed: readonly string[];
};

/** What became of an object, as a line says it: of one that nobody changed also what of it followed its nodes. */
export function resultText({ result, followed }: ObjectResult): string {
  return result === 'adjusted' ? `adjusted to its nodes: ${followed.join(', ')}` : result;
}

/** Objects at one moment, as `formatRef` writes them: all there are, and those that have rows. */
export type Objects = {
  readonly present: ReadonlyMap<string, ObjectRef>;
  readonly withRows: ReadonlySet<string>;
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

/** The objects a user can have written; addresses are the controller's own. */
export function presentObjects(resources: ResourceSet): Objects['present'] {
  const refs = resourcesIn(resources)
    .filter((object) => object.kind !== 'IP' && !isGone(object))
    .map(refOf);
  return new Map(refs.map((ref) => [formatRef(ref), ref]));
}

/** Nothing holds what is deleted and has no finalizer any more, though it may still be listed. What is in use is there. */
function isGone({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers.length === 0;
}

/**
 * What happened to the objects that caused changes, and to those that went away, between two moments. In order of first
 * change, then those that had no row.
 */
export function objectResults(
  changes: readonly Change[],
  before: Objects,
  after: Objects,
): readonly ObjectResult[] {
  const results = new Map<string, ObjectResult>();
  for (const change of changes) {
    const { cause, table } = change;
    if (!cause) continue;
    const name = formatRef(cause);
    const known = results.get(name);
    const rows = (known?.rows ?? 0) + 1;
    // A row that is not ours is only ever changed.
    const became = table === 'NB_Global' ? 'configured' : resultOf(name, before, after);
    const isAdjusted = became === 'configured' && followsNodes(change);
    const result = isAdjusted ? (known?.result ?? 'adjusted') : became;
    const followed = new Set([...(known?.followed ?? []), ...followedBy(change)]);
    results.set(name, { object: cause, result, rows, followed: [...followed] });
  }
  for (const [name, object] of before.present) {
    if (!after.present.has(name) && !results.has(name)) {
      results.set(name, { object, result: 'deleted', rows: 0, followed: [] });
    }
  }
  return [...results.values()];
}

function followedBy(change: Change): readonly string[] {
  if (!followsNodes(change)) return [];
  return [isWitness(change) ? 'witnesses of gateways' : 'gateways'];
}

function resultOf(name: string, before: Objects, after: Objects): ObjectResult['result'] {
  if (after.withRows.has(name)) return before.withRows.has(name) ? 'configured' : 'created';
  return after.present.has(name) ? 'unprogrammed' : 'deleted';
}
