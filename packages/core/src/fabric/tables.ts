import type { Row, Snapshot, Tables } from '@berth/ovsdb/value';

/** The rows of a table; none where the database, or the part of it that is read, does not have it. */
export function rowsOf<T extends Tables, Name extends keyof T & string>(
  snapshot: Snapshot<T>,
  table: Name,
): Iterable<T[Name]> {
  return snapshot.tableNames.includes(table) ? snapshot.table(table) : [];
}

/** Finds rows by UUID; nothing where the database does not have the table. */
export function finderOf<T extends Tables, Name extends keyof T & string>(
  snapshot: Snapshot<T>,
  table: Name,
): (uuid: Row['_uuid'] | undefined) => T[Name] | undefined {
  if (!snapshot.tableNames.includes(table)) return () => undefined;
  const rows = snapshot.table(table);
  return (uuid) => (uuid === undefined ? undefined : rows.get(uuid));
}

/** The only row of a table such as NB_Global; of another table one, where it has any. */
export function firstRow<T extends Tables, Name extends keyof T & string>(
  snapshot: Snapshot<T>,
  table: Name,
): T[Name] | undefined {
  for (const row of rowsOf(snapshot, table)) return row;
  return undefined;
}

/** What a reference column holds, in a stable order; nothing where the schema lacks the column. */
export function heldRows<R>(
  references: Iterable<Row['_uuid']> | undefined,
  find: (uuid: Row['_uuid']) => R | undefined,
): readonly R[] {
  const found: R[] = [];
  for (const uuid of references ?? []) {
    const row = find(uuid);
    if (row !== undefined) found.push(row);
  }
  return found;
}

/** Orders texts by their UTF-16 units, the same everywhere. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
