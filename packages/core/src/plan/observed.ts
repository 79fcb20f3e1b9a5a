import { isKindName, kindOfWord, originKey, ownerKey } from '@berth/api';
import { isMap, isSet, isUuid, type Row, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { keyText, naturalKey, relations, tableKeys } from '../compile/key.ts';
import type { ObjectRef } from '../finding/finding.ts';

/** A row that exists, the rows that hold it, and its natural key. */
export type ObservedRow = {
  readonly table: string;
  readonly row: Row;
  readonly key: readonly string[];
  /** Rows whose reference set holds this one. */
  readonly parents: readonly { readonly table: string; readonly uuid: Uuid; readonly column: string }[];
};

/** What is in a database, found by UUID and by natural key. */
export type Observed = {
  readonly byUuid: ReadonlyMap<Uuid, ObservedRow>;
  readonly byKey: ReadonlyMap<string, readonly ObservedRow[]>;
};

/** Indexes the tables we write. Only tables that the database has are read. */
export function observe(snapshot: Snapshot, tables: ReadonlySet<string>): Observed {
  const parents = parentsOf(snapshot);
  const byUuid = new Map<Uuid, ObservedRow>();
  const keys = new Map<Uuid, readonly string[]>();
  const byKey = new Map<string, ObservedRow[]>();
  for (const table of parentsFirst(tables)) {
    for (const row of snapshot.table(table)) {
      const held = parents.get(row._uuid) ?? [];
      const key = naturalKey(table, row, keys.get(held[0]?.uuid ?? row._uuid) ?? []);
      const observed = { table, row, key, parents: held };
      keys.set(row._uuid, key);
      byUuid.set(row._uuid, observed);
      const text = keyText(table, key);
      const same = byKey.get(text);
      if (same) same.push(observed);
      else byKey.set(text, [observed]);
    }
  }
  return { byUuid, byKey };
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

/** Reads what `formatRef` wrote: `ovn-fip/web`, `pod/default/web`. */
function parseRef(text: string): ObjectRef | undefined {
  const [word = '', first = '', second] = text.split('/');
  const kind = isKindName(word) ? word : kindOfWord(word);
  if (kind === undefined) return undefined;
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second };
}

function mark(row: Row, key: string): string | undefined {
  const ids = row['external_ids'];
  const value = isMap(ids) ? ids.get(key) : undefined;
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

function parentsOf(snapshot: Snapshot): Map<Uuid, { table: string; uuid: Uuid; column: string }[]> {
  const parents = new Map<Uuid, { table: string; uuid: Uuid; column: string }[]>();
  const present = new Set<string>(snapshot.tableNames);
  for (const { parentTable, column } of relations) {
    if (!present.has(parentTable)) continue;
    for (const parent of snapshot.table(parentTable)) {
      for (const child of references(parent[column])) {
        const held = parents.get(child);
        const holder = { table: parentTable, uuid: parent._uuid, column };
        if (held) held.push(holder);
        else parents.set(child, [holder]);
      }
    }
  }
  return parents;
}

/** The UUIDs in a reference column, whatever its arity. */
function* references(value: Row[string] | undefined): Iterable<Uuid> {
  const atoms = isSet(value) ? value : [value];
  for (const atom of atoms) if (typeof atom === 'string' && isUuid(atom)) yield atom;
}
