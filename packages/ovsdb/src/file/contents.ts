import type { DatabaseSchema } from '../schema/database-schema.ts';
import { isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { type RowCodec, rowCodecOf, uuidKey } from '../value/row-codec.ts';
import { changeSnapshot, emptySnapshot, type Indexes, type Snapshot } from '../value/snapshot.ts';
import type { Row, Tables, Uuid } from '../value/value.ts';
import { fileFault } from './file-fault.ts';

/** The rows of a database while the records of its file are read. */
export class FileContents {
  readonly schema: DatabaseSchema;
  readonly #codecs: ReadonlyMap<string, RowCodec>;
  readonly #tables: ReadonlyMap<string, Map<Uuid, Row>>;

  constructor(schema: DatabaseSchema) {
    this.schema = schema;
    const tables = Object.keys(schema.tables);
    this.#codecs = new Map(tables.map((table) => [table, rowCodecOf(schema, table)]));
    this.#tables = new Map(tables.map((table) => [table, new Map()]));
  }

  /** Takes in one transaction (ovsdb(5), "Standalone Format"). Columns hold differences where `_is_diff` says so, else new values. */
  apply(transaction: JsonObject): void {
    const isDifference = transaction['_is_diff'] === true;
    for (const [table, rows] of Object.entries(transaction)) {
      if (table.startsWith('_')) continue;
      const codec = this.#codecs.get(table);
      const present = this.#tables.get(table);
      if (codec === undefined || present === undefined || !isJsonObject(rows)) {
        throw fileFault(
          'corrupt-file',
          `a transaction changes the table "${table}", which the schema does not have`,
        );
      }
      for (const [key, row] of Object.entries(rows))
        applyRow(codec, present, uuidKey(key), row, isDifference);
    }
  }

  snapshot<T extends Tables>(indexes: Indexes<T>): Snapshot<T> {
    const empty = emptySnapshot<T>(this.schema, [...this.#tables.keys()], indexes);
    const changes = [...this.#tables].map(([table, rows]) => ({
      table,
      changes: [...rows.values()].map((after) => ({ uuid: after._uuid, after })),
    }));
    return changeSnapshot(empty, changes);
  }
}

function applyRow(
  codec: RowCodec,
  present: Map<Uuid, Row>,
  uuid: Uuid,
  row: Json,
  isDifference: boolean,
): void {
  if (row === null) {
    present.delete(uuid);
    return;
  }
  if (!isJsonObject(row)) throw fileFault('corrupt-file', `row ${uuid} of ${codec.table} is not an object`);
  const before = present.get(uuid);
  if (before === undefined) present.set(uuid, codec.decodeRow(uuid, row));
  else if (isDifference) present.set(uuid, codec.decodeChange(before, row));
  else {
    const sent = codec.decodeRow(uuid, row);
    present.set(uuid, { ...before, ...pick(sent, Object.keys(row)) });
  }
}

function pick(row: Row, columns: readonly string[]): Partial<Row> {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}
