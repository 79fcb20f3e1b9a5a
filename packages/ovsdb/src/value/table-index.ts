import { isMap, isSet } from './equality.ts';
import { OvsdbFault } from './fault.ts';
import { sortedAtoms, sortedPairs } from './order.ts';
import { PersistentMap } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';
import type { Columns, Row, Uuid, Value } from './value.ts';

/** One change of a table: `before` absent for a new row, `after` absent for a deleted one. */
export type RowChange = {
  readonly uuid: Uuid;
  readonly before?: Row | undefined;
  readonly after?: Row | undefined;
};

/** The rows of a table by the values of some columns. */
export type TableIndex = {
  /** Sorted. */
  readonly columns: readonly string[];
  readonly rows: PersistentMap<string, PersistentSet<Uuid>>;
};

/** An index without rows. */
export function emptyIndex(columns: readonly string[]): TableIndex {
  return { columns: [...columns].sort(), rows: PersistentMap.of() };
}

/** The index after some changes; rows whose indexed columns keep their values cost nothing. */
export function changeIndex(index: TableIndex, changes: readonly RowChange[]): TableIndex {
  const rows = index.rows.edit((draft) => {
    const update = (key: string, added: readonly Uuid[], removed: readonly Uuid[]) => {
      const uuids = (draft.get(key) ?? PersistentSet.of<Uuid>()).with(added, removed);
      if (uuids.size === 0) draft.delete(key);
      else draft.set(key, uuids);
    };
    for (const { uuid, before, after } of changes) {
      const from = before && keyOf(index.columns, before);
      const to = after && keyOf(index.columns, after);
      if (from === to) continue;
      if (from !== undefined) update(from, [], [uuid]);
      if (to !== undefined) update(to, [uuid], []);
    }
  });
  return rows === index.rows ? index : { columns: index.columns, rows };
}

/** The rows with these values in these columns, sorted. Throws `OvsdbFault` `no-index` when no index has just these columns. */
export function lookUp(indexes: readonly TableIndex[], wanted: Columns, table: string): readonly Uuid[] {
  const columns = Object.keys(wanted).sort();
  const index = indexes.find((candidate) => candidate.columns.join() === columns.join());
  if (index === undefined) {
    throw new OvsdbFault('no-index', `${table} has no index on ${columns.join(', ')}`);
  }
  return [...(index.rows.get(keyOf(columns, wanted)) ?? [])].sort();
}

function keyOf(columns: readonly string[], row: Columns): string {
  return columns.length === 1
    ? keyPart(row[columns[0] ?? ''])
    : JSON.stringify(columns.map((name) => keyPart(row[name])));
}

/** Distinct values, of whatever type, give distinct texts. */
function keyPart(value: Value): string {
  if (typeof value === 'string') return `"${value}`;
  if (value === undefined) return '';
  if (isSet(value)) return JSON.stringify(sortedAtoms(value));
  return isMap(value) ? JSON.stringify(sortedPairs(value)) : String(value);
}
