import { type ColumnType, changesByDifference } from '../schema/column-type.ts';
import { columnTypeOf, type DatabaseSchema, tableSchemaOf } from '../schema/database-schema.ts';
import { defaultOf } from '../schema/default.ts';
import { type Decode, decoderOf } from './decode.ts';
import { applyDifference } from './difference.ts';
import { encodeValue } from './encode.ts';
import { OvsdbFault } from './fault.ts';
import type { Json, JsonObject } from './json.ts';
import { isUuid } from './uuid.ts';
import type { Columns, Row, Uuid, Value } from './value.ts';

type ColumnCodec = {
  readonly name: string;
  readonly type: ColumnType;
  readonly decode: Decode;
  readonly fallback: Value;
};

/** Reads the rows of one table, of the columns chosen. Made once per table. */
export type RowCodec = {
  readonly table: string;
  /** Sorted. */
  readonly columns: readonly string[];
  /** A whole row; columns left out have their default (ovsdb-server(7), `<row-update2>`). */
  decodeRow(uuid: Uuid, json: JsonObject): Row;
  /** `before` with a `modify` of ovsdb-server(7) `<row-update2>` applied. */
  decodeChange(before: Row, json: JsonObject): Row;
};

/** The codec of a table. `columns` defaults to all. Throws `OvsdbFault` `unknown-table-or-column`. */
export function rowCodecOf(schema: DatabaseSchema, table: string, columns?: readonly string[]): RowCodec {
  const names = [...(columns ?? Object.keys(tableSchemaOf(schema, table).columns))].sort();
  const codecs = names.map((name): ColumnCodec => {
    const type = columnTypeOf(schema, table, name);
    return { name, type, decode: decoderOf(type, `${table}.${name}`), fallback: defaultOf(type) };
  });
  const byName = new Map(codecs.map((codec) => [codec.name, codec]));
  return {
    table,
    columns: names,
    decodeRow(uuid, json) {
      const row: Record<string, Value> & { _uuid: Uuid } = { _uuid: uuid };
      for (const { name, decode, fallback } of codecs) {
        const value = json[name];
        row[name] = value === undefined ? fallback : decode(value);
      }
      return row;
    },
    decodeChange(before, json) {
      const after: Record<string, Value> & { _uuid: Uuid } = { ...before };
      for (const [name, change] of Object.entries(json)) {
        const codec = byName.get(name);
        if (codec !== undefined) after[name] = changed(codec, before[name], change);
      }
      return after;
    },
  };
}

/** A row, or part of one, for an operation. Columns come out sorted. Throws `OvsdbFault` `bad-value` or `unknown-table-or-column`. */
export function encodeColumns(schema: DatabaseSchema, table: string, columns: Columns): JsonObject {
  tableSchemaOf(schema, table);
  const encoded: Record<string, Json> = {};
  for (const name of Object.keys(columns).sort()) {
    encoded[name] = encodeValue(columnTypeOf(schema, table, name), columns[name], `${table}.${name}`);
  }
  return encoded;
}

/** A UUID used as the key of a JSON object. Throws `OvsdbFault` `protocol-error`. */
export function uuidKey(text: string): Uuid {
  if (isUuid(text)) return text;
  throw new OvsdbFault('protocol-error', `"${text}" is not a UUID`, { retry: 'backoff' });
}

function changed(codec: ColumnCodec, before: Value, json: Json): Value {
  const change = codec.decode(json);
  return changesByDifference(codec.type) ? applyDifference(codec.type, before, change) : change;
}
