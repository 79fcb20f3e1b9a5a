import { columnTypeOf, type DatabaseSchema } from '../schema/database-schema.ts';
import { decoderOf } from './decode.ts';
import { errorWordOf, type OperationError, OvsdbFault, TransactionFault } from './fault.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Operation, OperationResult, ResultsOf } from './operation.ts';
import { uuidKey } from './row-codec.ts';
import type { Columns, Value } from './value.ts';

/**
 * The results of a transaction (RFC 7047 section 4.1.3). The server's list may be shorter than the operations and end in an error,
 * hold `null` after a refused operation, or be one longer when the commit itself is refused.
 * Throws `TransactionFault` when anything was refused and `OvsdbFault` `protocol-error` when the list makes no sense.
 */
export function decodeResults<const Operations extends readonly Operation[]>(
  schema: DatabaseSchema,
  operations: Operations,
  json: Json,
): ResultsOf<Operations> {
  if (!isJsonArray(json)) throw resultFault('the result of a transaction is not a list');
  const errors = json.flatMap((result, index) => errorOf(result, index, operations[index]));
  if (errors.length > 0) throw new TransactionFault(errors);
  const results = operations.map((operation, index) => decodeResult(schema, operation, json[index]));
  // The one place where results, decoded operation by operation, take the type of the tuple they answer.
  return results as readonly OperationResult[] as ResultsOf<Operations>;
}

function errorOf(result: Json, index: number, operation: Operation | undefined): readonly OperationError[] {
  if (!isJsonObject(result)) return [];
  const word = result['error'];
  if (typeof word !== 'string') return [];
  const details = result['details'];
  return [
    {
      index,
      ...(operation === undefined ? {} : { operation }),
      error: errorWordOf(word),
      details: typeof details === 'string' ? `${word}: ${details}` : word,
    },
  ];
}

function decodeResult(schema: DatabaseSchema, operation: Operation, json: Json | undefined): OperationResult {
  if (!isJsonObject(json)) throw resultFault(`${operation.op} has no result`);
  switch (operation.op) {
    case 'insert': {
      const uuid = json['uuid'];
      if (!isJsonArray(uuid) || typeof uuid[1] !== 'string') throw resultFault('insert returned no UUID');
      return { op: operation.op, uuid: uuidKey(uuid[1]) };
    }
    case 'update':
    case 'mutate':
    case 'delete': {
      const count = json['count'];
      if (typeof count !== 'number') throw resultFault(`${operation.op} returned no count`);
      return { op: operation.op, count };
    }
    case 'select':
      return { op: operation.op, rows: decodeRows(schema, operation.table, json['rows']) };
    default:
      return { op: operation.op };
  }
}

function decodeRows(schema: DatabaseSchema, table: string, json: Json | undefined): readonly Columns[] {
  if (!isJsonArray(json)) throw resultFault('select returned no rows');
  return json.map((row) => {
    if (!isJsonObject(row)) throw resultFault('select returned a row that is not an object');
    return decodeColumns(schema, table, row);
  });
}

function decodeColumns(schema: DatabaseSchema, table: string, row: JsonObject): Columns {
  const columns: Record<string, Value> = {};
  for (const [name, json] of Object.entries(row)) {
    columns[name] = decoderOf(columnTypeOf(schema, table, name), `${table}.${name}`)(json);
  }
  return columns;
}

function resultFault(message: string): OvsdbFault {
  return new OvsdbFault('protocol-error', message, { retry: 'backoff', outcome: 'unknown' });
}
