import type { BaseType, ColumnType } from '../schema/column-type.ts';
import { columnTypeOf, type DatabaseSchema, schemaHas, tableSchemaOf } from '../schema/database-schema.ts';
import { isSet } from './equality.ts';
import { OvsdbFault } from './fault.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Condition, Mutation, Operation } from './operation.ts';
import { isUuid } from './uuid.ts';
import type { Atom, Columns, Value } from './value.ts';

const tests: readonly Condition[1][] = ['<', '<=', '==', '!=', '>=', '>', 'includes', 'excludes'];
const mutators: readonly Mutation[1][] = ['+=', '-=', '*=', '/=', '%=', 'insert', 'delete'];

/**
 * Reads an operation as RFC 7047 section 5.2 writes it; the inverse of `encodeOperation`. Atoms are read as they stand; whether they fit their column is for
 * `applyTransaction` to say. Throws `OvsdbFault` `protocol-error`, or `unknown-table-or-column`.
 */
export function decodeOperation(schema: DatabaseSchema, json: Json): Operation {
  const op = isJsonObject(json) ? json['op'] : undefined;
  if (!isJsonObject(json) || typeof op !== 'string') throw syntaxFault('an operation is an object with "op"');
  switch (op) {
    case 'insert': {
      const table = tableOf(schema, json);
      const { uuid, 'uuid-name': uuidName } = json;
      if (uuid !== undefined && (typeof uuid !== 'string' || !isUuid(uuid))) throw syntaxFault('bad uuid');
      return {
        op,
        table,
        ...(uuid === undefined ? {} : { uuid }),
        ...(uuidName === undefined ? {} : { uuidName: textOf(uuidName, 'uuid-name') }),
        row: decodeRow(schema, table, json['row']),
      };
    }
    case 'update': {
      const table = tableOf(schema, json);
      return { op, table, where: whereOf(schema, table, json), row: decodeRow(schema, table, json['row']) };
    }
    case 'mutate': {
      const table = tableOf(schema, json);
      const mutations = listOf(json['mutations'], 'mutations').map((mutation) =>
        mutationOf(schema, table, mutation),
      );
      return { op, table, where: whereOf(schema, table, json), mutations };
    }
    case 'delete': {
      const table = tableOf(schema, json);
      return { op, table, where: whereOf(schema, table, json) };
    }
    case 'select': {
      const table = tableOf(schema, json);
      const where = whereOf(schema, table, json);
      const { columns } = json;
      return columns === undefined ? { op, table, where } : { op, table, where, columns: texts(columns) };
    }
    case 'wait':
      return decodeWait(schema, json);
    case 'comment':
      return { op, comment: textOf(json['comment'], 'comment') };
    case 'abort':
      return { op };
    case 'commit':
      return { op, durable: json['durable'] === true };
    case 'assert':
      return { op, lock: textOf(json['lock'], 'lock') };
    default:
      throw syntaxFault(`No operation "${op}"`);
  }
}

/** Reads a `where` clause. Throws as `decodeOperation` does. */
export function decodeWhere(
  schema: DatabaseSchema,
  table: string,
  json: Json | undefined,
): readonly Condition[] {
  return listOf(json, 'where').map((condition): Condition => {
    const [column, test, value] = argumentOf(schema, table, condition, tests);
    return [column, test, value];
  });
}

/** The operand of arithmetic is one number, also for a set of them. */
function mutationOf(schema: DatabaseSchema, table: string, json: Json): Mutation {
  const [column, mutator, value] = argumentOf(schema, table, json, mutators);
  const isArithmetic = mutator !== 'insert' && mutator !== 'delete';
  const [only] = isArithmetic && isSet(value) && value.size === 1 ? value : [value];
  return [column, mutator, only];
}

function decodeWait(schema: DatabaseSchema, json: JsonObject): Operation {
  const table = tableOf(schema, json);
  const { timeout, until } = json;
  if (until !== '==' && until !== '!=') throw syntaxFault('until is neither "==" nor "!="');
  return {
    op: 'wait',
    table,
    where: whereOf(schema, table, json),
    columns:
      json['columns'] === undefined
        ? Object.keys(tableSchemaOf(schema, table).columns)
        : texts(json['columns']),
    until,
    rows: listOf(json['rows'], 'rows').map((row) => decodeRow(schema, table, row)),
    ...(typeof timeout === 'number' ? { timeoutMs: timeout } : {}),
  };
}

function tableOf(schema: DatabaseSchema, json: JsonObject): string {
  const table = textOf(json['table'], 'table');
  if (!schemaHas(schema, table)) throw syntaxFault(`No table named ${table}.`);
  return table;
}

function whereOf(schema: DatabaseSchema, table: string, json: JsonObject): readonly Condition[] {
  return decodeWhere(schema, table, json['where']);
}

function argumentOf<Verb extends string>(
  schema: DatabaseSchema,
  table: string,
  json: Json,
  verbs: readonly Verb[],
): readonly [string, Verb, Value] {
  const [column, given, argument] = listOf(json, 'a condition or mutation');
  const name = textOf(column, 'a column');
  const type = columnTypeOf(schema, table, name);
  const verb = verbs.find((known) => known === given);
  if (verb === undefined || argument === undefined) throw syntaxFault(`"${String(given)}" is not known`);
  return [name, verb, decodeLoosely(type, argument)];
}

function decodeRow(schema: DatabaseSchema, table: string, json: Json | undefined): Columns {
  if (!isJsonObject(json)) throw syntaxFault('row is not an object');
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      decodeLoosely(columnTypeOf(schema, table, name), value),
    ]),
  );
}

/** A value in whatever shape it has, sorted as the column's type has it where both agree (RFC 7047 section 5.1, `<value>`). */
function decodeLoosely(type: ColumnType, json: Json): Value {
  if (isJsonArray(json) && json[0] === 'map') return decodePairs(type, json[1]);
  const isList = isJsonArray(json) && json[0] === 'set';
  const elements = isList ? listOf(json[1], 'a set') : [json];
  const atoms = elements.map((element) => decodeAtom(type.key, element));
  const set = new Set(atoms);
  if (set.size < atoms.length) throw new OvsdbFault('bad-value', 'set contains duplicate');
  if (type.kind === 'set' || (type.kind === 'map' && isList)) return set;
  return set.size > 1 ? set : atoms[0];
}

function decodePairs(type: ColumnType, json: Json | undefined): Value {
  if (type.kind !== 'map') throw syntaxFault('a map for a column without pairs');
  const pairs = listOf(json, 'a map').map((pair): readonly [Atom, Atom] => {
    const [key, value] = listOf(pair, 'a pair');
    return [decodeAtom(type.key, key ?? null), decodeAtom(type.value, value ?? null)];
  });
  const map = new Map(pairs);
  if (map.size < pairs.length) throw new OvsdbFault('bad-value', 'map contains duplicate key');
  return map;
}

function decodeAtom(base: BaseType, json: Json): Atom {
  if (
    base.kind !== 'uuid' &&
    (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean')
  ) {
    return json;
  }
  if (base.kind === 'uuid' && isJsonArray(json)) {
    const [tag, text] = json;
    if (typeof text === 'string' && tag === (isUuid(text) ? 'uuid' : 'named-uuid')) return text;
  }
  throw syntaxFault(`expected ${base.kind}`);
}

function listOf(json: Json | undefined, what: string): readonly Json[] {
  if (isJsonArray(json)) return json;
  throw syntaxFault(`${what} is not a list`);
}

function textOf(json: Json | undefined, what: string): string {
  if (typeof json === 'string') return json;
  throw syntaxFault(`${what} is not a string`);
}

function texts(json: Json | undefined): readonly string[] {
  return listOf(json, 'columns').map((column) => textOf(column, 'a column'));
}

function syntaxFault(message: string): OvsdbFault {
  return new OvsdbFault('protocol-error', message);
}
