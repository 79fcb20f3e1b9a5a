import type { DatabaseSchema } from '@berth/ovsdb';
import { columnTypeOf, defaultOf } from '@berth/ovsdb/schema';
import {
  changeSnapshot,
  emptySnapshot,
  type Row,
  type Snapshot,
  type TableChange,
  type Tables,
  type Value,
} from '@berth/ovsdb/value';

/**
 * A snapshot in which everything is there that the row types promise: tables that an older OVN does not have are empty, columns that it does
 * not have hold their default. What it has is as it was; a snapshot that lacks nothing is returned itself.
 */
export function completeTables<T extends Tables>(snapshot: Snapshot<T>, known: DatabaseSchema): Snapshot<T> {
  const missingTables = Object.keys(known.tables).filter((table) => !snapshot.tableNames.includes(table));
  const olderTables = Object.keys(known.tables).filter(
    (table) =>
      snapshot.tableNames.includes(table) && missingColumns(snapshot.schema, known, table).length > 0,
  );
  if (missingTables.length === 0 && olderTables.length === 0) return snapshot;
  const absent = Object.fromEntries(
    missingTables.flatMap((table) => {
      const schema = known.tables[table];
      return schema === undefined || table in snapshot.schema.tables ? [] : [[table, schema] as const];
    }),
  );
  const schema = { ...snapshot.schema, tables: { ...snapshot.schema.tables, ...absent } };
  const names = [...snapshot.tableNames, ...missingTables];
  const changes = snapshot.tableNames.map(
    (table): TableChange => ({
      table,
      changes: [...snapshot.table(table)].map((row) => ({
        uuid: row._uuid,
        after: olderTables.includes(table) ? withDefaults(row, snapshot.schema, known, table) : row,
      })),
    }),
  );
  return changeSnapshot(emptySnapshot<T>(schema, names), changes);
}

function withDefaults(row: Row, present: DatabaseSchema, known: DatabaseSchema, table: string): Row {
  const added: Record<string, Value> = {};
  for (const column of missingColumns(present, known, table))
    added[column] = defaultOf(columnTypeOf(known, table, column));
  return { ...row, ...added };
}

function missingColumns(present: DatabaseSchema, known: DatabaseSchema, table: string): readonly string[] {
  const columns = present.tables[table]?.columns ?? {};
  return Object.keys(known.tables[table]?.columns ?? {}).filter((column) => !(column in columns));
}
