import type { Json, JsonObject } from '../value/json.ts';
import type { BaseType, ColumnType } from './column-type.ts';
import type { ColumnSchema, DatabaseSchema, TableSchema } from './database-schema.ts';

/** A schema as RFC 7047 section 3.2 writes it: the contents of an `.ovsschema` file. `parseSchema` reads it back. */
export function formatSchema(schema: DatabaseSchema): JsonObject {
  return {
    name: schema.name,
    version: schema.version,
    ...(schema.cksum === undefined ? {} : { cksum: schema.cksum }),
    tables: mapMembers(schema.tables, formatTable),
  };
}

function formatTable({ columns, isRoot, maxRows, indexes }: TableSchema): Json {
  return {
    columns: mapMembers(columns, formatColumn),
    isRoot,
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(indexes.length === 0 ? {} : { indexes }),
  };
}

function formatColumn({ type, ephemeral, mutable }: ColumnSchema): Json {
  return {
    type: formatType(type),
    ...(ephemeral ? { ephemeral } : {}),
    ...(mutable ? {} : { mutable }),
  };
}

function formatType(type: ColumnType): Json {
  const key = formatBase(type.key);
  switch (type.kind) {
    case 'atom':
      return { key };
    case 'optional':
      return { key, min: 0 };
    case 'set':
      return { key, min: type.min, max: type.max };
    case 'map':
      return { key, value: formatBase(type.value), min: type.min, max: type.max };
  }
}

function formatBase(base: BaseType): Json {
  const { kind, enum: allowed, ...constraints } = base;
  return { type: kind, ...(allowed === undefined ? {} : { enum: ['set', allowed] }), ...constraints };
}

function mapMembers<T>(members: Readonly<Record<string, T>>, format: (member: T) => Json): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, format(member)]));
}
