import { columnTypeOf, type DatabaseSchema, tableSchemaOf } from '../schema/database-schema.ts';
import { encodeLoosely } from './encode.ts';
import type { Json, JsonObject } from './json.ts';
import type { Condition, Mutation, Operation } from './operation.ts';
import { encodeColumns } from './row-codec.ts';

/**
 * An operation as RFC 7047 section 5.2 writes it. Equal operations give equal text.
 * Throws `OvsdbFault` `unknown-table-or-column` or `bad-value`, before anything is sent.
 */
export function encodeOperation(schema: DatabaseSchema, operation: Operation): JsonObject {
  switch (operation.op) {
    case 'insert': {
      const { op, table, uuid, uuidName, row } = operation;
      return {
        op,
        table,
        ...(uuid === undefined ? {} : { uuid }),
        ...(uuidName === undefined ? {} : { 'uuid-name': uuidName }),
        row: encodeColumns(schema, table, row),
      };
    }
    case 'update': {
      const { op, table, where, row } = operation;
      return { op, table, where: encodeWhere(schema, table, where), row: encodeColumns(schema, table, row) };
    }
    case 'mutate': {
      const { op, table, where, mutations } = operation;
      const encoded = mutations.map((mutation) => encodeArgument(schema, table, mutation));
      return { op, table, where: encodeWhere(schema, table, where), mutations: encoded };
    }
    case 'delete':
      return {
        op: operation.op,
        table: operation.table,
        where: encodeWhere(schema, operation.table, operation.where),
      };
    case 'select': {
      const { op, table, columns } = operation;
      const where = encodeWhere(schema, table, operation.where);
      return columns === undefined ? { op, table, where } : { op, table, where, columns };
    }
    case 'wait':
      return encodeWait(schema, operation);
    case 'comment':
    case 'abort':
    case 'commit':
    case 'assert':
      return operation;
  }
}

/** A `where` clause: all conditions must hold. */
export function encodeWhere(
  schema: DatabaseSchema,
  table: string,
  where: readonly Condition[],
): readonly Json[] {
  tableSchemaOf(schema, table);
  return where.map((condition) => encodeArgument(schema, table, condition));
}

function encodeWait(schema: DatabaseSchema, operation: Operation & { readonly op: 'wait' }): JsonObject {
  const { op, table, where, columns, until, rows, timeoutMs } = operation;
  return {
    op,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    table,
    where: encodeWhere(schema, table, where),
    columns,
    until,
    rows: rows.map((row) => encodeColumns(schema, table, row)),
  };
}

function encodeArgument(schema: DatabaseSchema, table: string, argument: Condition | Mutation): Json {
  const [column, verb, value] = argument;
  return [column, verb, encodeLoosely(columnTypeOf(schema, table, column), value, `${table}.${column}`)];
}
