import { columnTypeOf, type DatabaseSchema, tableSchemaOf } from '../schema/database-schema.ts';
import { defaultOf } from '../schema/default.ts';
import { changeSnapshot, emptySnapshot, type Indexes, type Snapshot, type TableChange } from './snapshot.ts';
import { hashOf } from './trie.ts';
import { isUuid } from './uuid.ts';
import type { Columns, Row, Tables, Uuid, Value } from './value.ts';

/** Rows by table; what a row leaves out has its default. */
export type RowsByTable<T extends Tables = Tables> = {
  readonly [Name in keyof T & string]?: readonly Partial<T[Name]>[];
};

/**
 * A snapshot made of plain rows, of all tables of the schema. A row without `_uuid` gets one from its table and its place in the list,
 * the same on every run. Throws `OvsdbFault` `unknown-table-or-column`.
 */
export function snapshotOf<T extends Tables = Tables>(
  schema: DatabaseSchema,
  rows: RowsByTable<T>,
  indexes: Indexes<T> = {},
): Snapshot<T> {
  const given: Readonly<Record<string, readonly Columns[] | undefined>> = rows;
  const changes = Object.entries(given).map(
    ([table, list]): TableChange => ({
      table,
      changes: (list ?? []).map((columns, place) => {
        const after = completeRow(schema, table, columns, place);
        return { uuid: after._uuid, after };
      }),
    }),
  );
  for (const { table } of changes) tableSchemaOf(schema, table);
  return changeSnapshot(emptySnapshot<T>(schema, Object.keys(schema.tables), indexes), changes);
}

function completeRow(schema: DatabaseSchema, table: string, columns: Columns, place: number): Row {
  const given = columns['_uuid'];
  const uuid = typeof given === 'string' && isUuid(given) ? given : placeUuid(table, place);
  const row: Record<string, Value> & { _uuid: Uuid } = { _uuid: uuid };
  for (const name of Object.keys(tableSchemaOf(schema, table).columns).sort()) {
    row[name] = name in columns ? columns[name] : defaultOf(columnTypeOf(schema, table, name));
  }
  for (const name of Object.keys(columns)) columnTypeOf(schema, table, name);
  return row;
}

function placeUuid(table: string, place: number): Uuid {
  const head = (hashOf(table) >>> 0).toString(16).padStart(8, '0');
  return `${head}-0000-8000-8000-${place.toString(16).padStart(12, '0')}` as Uuid;
}
