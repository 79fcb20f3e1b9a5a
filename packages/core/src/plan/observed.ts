import { originKey, ownerKey } from '@berth/api';
import { isSet, isUuid, type Row, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { keyText, naturalKey, relations, tableKeys } from '../compile/key.ts';
import type { ObjectRef } from '../finding/finding.ts';
import { parseRef } from '../finding/parse-ref.ts';
import type { RowHolder } from './change.ts';
import { mapEntry } from './map-entry.ts';

/** What a plan is for: OVN's Northbound database, or the Open_vSwitch database of a node. */
export type PlannedDatabase = 'NB' | 'OVS';

/** A row that exists, and the rows that hold it. */
export type ObservedRow = {
  readonly table: string;
  readonly row: Row;
  /** Rows whose reference set holds this one. */
  readonly parents: readonly RowHolder[];
};

/** What is in a database, found by UUID and by natural key. */
export type Observed = {
  /** A row after the row that holds it. */
  readonly byUuid: ReadonlyMap<Uuid, ObservedRow>;
  /** The natural key of a row. */
  keyOf(row: ObservedRow): readonly string[];
  /** The first row with a natural key. */
  withKey(table: string, key: readonly string[]): ObservedRow | undefined;
};

/** Indexes the tables we write. Only tables that the database has are read. */
export function observe(snapshot: Snapshot, tables: ReadonlySet<string>): Observed {
  const parents = holdersIn(snapshot);
  const byUuid = new Map<Uuid, ObservedRow>();
  for (const table of parentsFirst(tables)) {
    for (const row of snapshot.table(table))
      byUuid.set(row._uuid, { table, row, parents: parents.get(row._uuid) ?? [] });
  }
  const keyOf = ({ table, row, parents: [holder] }: ObservedRow): readonly string[] => {
    const parent = tableKeys[table]?.withinParent && holder ? byUuid.get(holder.uuid) : undefined;
    return naturalKey(table, row, parent ? keyOf(parent) : []);
  };
  // Only a row that is not found by its UUID is looked for by its key.
  let byKey: ReadonlyMap<string, ObservedRow> | undefined;
  const withKey = (table: string, key: readonly string[]): ObservedRow | undefined => {
    byKey ??= new Map([...byUuid.values()].reverse().map((each) => [keyText(each.table, keyOf(each)), each]));
    return byKey.get(keyText(table, key));
  };
  return { byUuid, keyOf, withKey };
}

/** The instance that owns a row; undefined when none does. */
export function ownerOf(row: Row): string | undefined {
  return mark(row, ownerKey);
}

/** The object a row of ours is there for. */
export function causeOf(row: Row): ObjectRef | undefined {
  const text = mark(row, originKey);
  return text === undefined ? undefined : parseRef(text);
}

function mark(row: Row, key: string): string | undefined {
  const value = mapEntry(row['external_ids'], key);
  return typeof value === 'string' ? value : undefined;
}

/** Orders tables so that each comes after the table that holds its rows. */
export function parentsFirst(tables: Iterable<string>): readonly string[] {
  const depth = (table: string): number => {
    const parent = tableKeys[table]?.parent;
    return parent ? depth(parent.table) + 1 : 0;
  };
  return [...tables].sort(
    (left, right) => depth(left) - depth(right) || (left < right ? -1 : left > right ? 1 : 0),
  );
}

/** The rows that hold each row, by its UUID. */
function holdersIn(snapshot: Snapshot): Map<Uuid, readonly RowHolder[]> {
  const holders = new Map<Uuid, readonly RowHolder[]>();
  const present = new Set<string>(snapshot.tableNames);
  for (const { parentTable, column } of relations) {
    if (!present.has(parentTable)) continue;
    for (const parent of snapshot.table(parentTable)) {
      const holder = [{ table: parentTable, uuid: parent._uuid, column }];
      for (const child of references(parent[column])) {
        const held = holders.get(child);
        holders.set(child, held ? [...held, ...holder] : holder);
      }
    }
  }
  return holders;
}

/** The UUIDs in a reference column, whatever its arity. */
export function* references(value: Row[string] | undefined): Iterable<Uuid> {
  const atoms = isSet(value) ? value : [value];
  for (const atom of atoms) if (typeof atom === 'string' && isUuid(atom)) yield atom;
}
