import { columnTypeOf, type DatabaseSchema, tableSchemaOf } from '../schema/database-schema.ts';
import { defaultOf } from '../schema/default.ts';
import { meetsAny } from '../value/condition.ts';
import { differenceOf } from '../value/difference.ts';
import { encodeValue } from '../value/encode.ts';
import { equalValues } from '../value/equality.ts';
import { OvsdbFault } from '../value/fault.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import type { Condition } from '../value/operation.ts';
import { decodeWhere } from '../value/operation-decoder.ts';
import type { Snapshot, TableChange } from '../value/snapshot.ts';
import type { RowChange } from '../value/table-index.ts';
import type { Columns, Row, Value } from '../value/value.ts';

/** `old` for RFC 7047 `<table-updates>`, `new` for ovsdb-server(7) `<table-updates2>`. */
export type UpdateForm = 'old' | 'new';

type Part = 'initial' | 'insert' | 'delete' | 'modify';

/** What a client follows of one table. */
type TableMonitor = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly whereAny: readonly Condition[];
  readonly parts: ReadonlySet<Part>;
};

/** What a client follows. */
export type MemoryMonitor = { readonly form: UpdateForm; readonly tables: readonly TableMonitor[] };

/** Reads `<monitor-requests>` or `<monitor-cond-requests>`. Throws `OvsdbFault`. */
export function decodeMonitor(
  schema: DatabaseSchema,
  json: Json | undefined,
  form: UpdateForm,
): MemoryMonitor {
  if (!isJsonObject(json)) throw new OvsdbFault('protocol-error', 'monitor requests are not an object');
  const tables = Object.entries(json).map(([table, requests]): TableMonitor => {
    const request = isJsonArray(requests) ? requests[0] : requests;
    if (!isJsonObject(request)) throw new OvsdbFault('protocol-error', 'a monitor request is not an object');
    const { columns, where, select } = request;
    const all = Object.keys(tableSchemaOf(schema, table).columns);
    const named = isJsonArray(columns) ? columns.map(String) : all;
    for (const column of named) columnTypeOf(schema, table, column);
    const parts = (['initial', 'insert', 'delete', 'modify'] as const).filter(
      (part) => !isJsonObject(select) || select[part] !== false,
    );
    return {
      table,
      columns: named,
      whereAny: decodeWhere(schema, table, where ?? []),
      parts: new Set(parts),
    };
  });
  return { form, tables };
}

/** The contents that a new monitor begins with. */
export function initialUpdates(monitor: MemoryMonitor, snapshot: Snapshot): JsonObject {
  const changes = snapshot.tableNames.map((table) => ({
    table,
    changes: [...snapshot.table(table)].map((after) => ({ uuid: after._uuid, after })),
  }));
  return updatesOf(monitor, snapshot.schema, changes, 'initial');
}

/** What some changes are to a client; an empty object when nothing. */
export function updatesOf(
  monitor: MemoryMonitor,
  schema: DatabaseSchema,
  changes: readonly TableChange[],
  insertPart: 'initial' | 'insert' = 'insert',
): JsonObject {
  const updates: Record<string, Json> = {};
  for (const followed of monitor.tables) {
    const rows = changes.find(({ table }) => table === followed.table)?.changes ?? [];
    const encoded = rows.flatMap((change) => {
      const update = rowUpdate(followed, schema, monitor.form, change, insertPart);
      return update === undefined ? [] : [[change.uuid, update] as const];
    });
    if (encoded.length > 0) updates[followed.table] = Object.fromEntries(encoded);
  }
  return updates;
}

/** The rows that differ between two snapshots. */
export function changesBetween(before: Snapshot, after: Snapshot): readonly TableChange[] {
  return after.tableNames.map((table) => {
    const [from, to] = [before.table(table), after.table(table)];
    const present = [...to]
      .filter((row) => row !== from.get(row._uuid))
      .map((row): RowChange => ({ uuid: row._uuid, before: from.get(row._uuid), after: row }));
    const gone = [...from]
      .filter((row) => to.get(row._uuid) === undefined)
      .map((row): RowChange => ({ uuid: row._uuid, before: row }));
    return { table, changes: [...present, ...gone] };
  });
}

function rowUpdate(
  followed: TableMonitor,
  schema: DatabaseSchema,
  form: UpdateForm,
  { before, after }: RowChange,
  insertPart: 'initial' | 'insert',
): JsonObject | undefined {
  const { columns, whereAny, parts } = followed;
  const encode = encoderOf(schema, followed.table);
  const [from, to] = [before, after].map((row) => (row && meetsAny(row, whereAny) ? row : undefined));
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined) {
    if (to === undefined || !parts.has(insertPart)) return undefined;
    return form === 'old'
      ? { new: encode(to, columns) }
      : { [insertPart]: encode(to, filled(schema, followed, to)) };
  }
  if (to === undefined) return deletion(form, parts, () => encode(from, columns));
  const changed = columns.filter((name) => !equalValues(from[name], to[name]));
  if (changed.length === 0 || !parts.has('modify')) return undefined;
  if (form === 'old') return { old: encode(from, changed), new: encode(to, columns) };
  const differences = changed.map((name): readonly [string, Value] => {
    return [name, differenceOf(columnTypeOf(schema, followed.table, name), from[name], to[name])];
  });
  return { modify: encode(Object.fromEntries(differences), changed) };
}

function deletion(
  form: UpdateForm,
  parts: ReadonlySet<Part>,
  encode: () => JsonObject,
): JsonObject | undefined {
  if (!parts.has('delete')) return undefined;
  return form === 'old' ? { old: encode() } : { delete: null };
}

function encoderOf(schema: DatabaseSchema, table: string) {
  return (row: Columns, names: readonly string[]): JsonObject =>
    Object.fromEntries(
      names.map((name) => [
        name,
        encodeValue(columnTypeOf(schema, table, name), row[name], `${table}.${name}`),
      ]),
    );
}

/** The columns that are not as they are by default. */
function filled(schema: DatabaseSchema, { table, columns }: TableMonitor, row: Row): readonly string[] {
  return columns.filter((name) => !equalValues(row[name], defaultOf(columnTypeOf(schema, table, name))));
}
