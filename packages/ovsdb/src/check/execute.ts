import type { ColumnType } from '../schema/column-type.ts';
import { columnTypeOf, type TableSchema, tableSchemaOf } from '../schema/database-schema.ts';
import { defaultOf } from '../schema/default.ts';
import { sharingSize } from '../value/decode.ts';
import { isMap, isSet } from '../value/equality.ts';
import type { Condition, Operation, OperationResult } from '../value/operation.ts';
import { PersistentMap } from '../value/persistent-map.ts';
import { PersistentSet } from '../value/persistent-set.ts';
import { encodeColumns } from '../value/row-codec.ts';
import type { Columns, Row, Uuid, Value } from '../value/value.ts';
import { checkValue, valueProblem } from './constraint.ts';
import type { Draft } from './draft.ts';
import { checkMutation, mutated } from './mutation.ts';
import { type Names, resolveNames } from './names.ts';
import { refuse } from './refusal.ts';
import { checkCondition, matchingRows } from './where.ts';

/** What a running transaction has at hand. */
export type Execution = {
  readonly draft: Draft;
  readonly names: Names;
  readonly newUuid: () => Uuid;
  readonly holdsLock: (lock: string) => boolean;
};

type Of<Op extends Operation['op']> = Extract<Operation, { readonly op: Op }>;

/** Runs one operation on the draft (RFC 7047 section 5.2). `blocked` for a `wait` that does not hold. Throws `Refused`. */
export function execute(execution: Execution, operation: Operation): OperationResult | 'blocked' {
  switch (operation.op) {
    case 'insert':
      return insert(execution, operation);
    case 'update':
      return update(execution, operation);
    case 'mutate':
      return mutate(execution, operation);
    case 'delete': {
      const rows = found(execution, operation.table, operation.where);
      for (const { _uuid } of rows) execution.draft.put(operation.table, _uuid, undefined);
      return { op: 'delete', count: rows.length };
    }
    case 'select':
      return select(execution, operation);
    case 'wait':
      return holds(execution, operation) ? { op: 'wait' } : 'blocked';
    case 'assert':
      if (execution.holdsLock(operation.lock)) return { op: 'assert' };
      return refuse('not owner', `Asserted lock ${operation.lock} not held.`);
    case 'abort':
      return refuse('aborted', 'aborted by request');
    case 'comment':
    case 'commit':
      return { op: operation.op };
  }
}

function insert(execution: Execution, { table, uuid, uuidName, row }: Of<'insert'>): OperationResult {
  const { draft, names, newUuid } = execution;
  const { columns } = schemaOf(execution, table);
  if (uuid !== undefined && (draft.get(table, uuid) !== undefined || draft.isDeleted(table, uuid))) {
    const where = 'already present within the table or deleted within the same transaction';
    refuse('duplicate uuid', `This UUID would duplicate a UUID ${where}.`);
  }
  const named = uuidName === undefined ? (uuid ?? newUuid()) : names.declare(uuidName, uuid);
  if (named === undefined)
    refuse('duplicate uuid-name', `"${uuidName}" appeared on an earlier "insert" operation.`);
  const given = resolved(execution, table, row);
  const complete: Record<string, Value> & { _uuid: Uuid } = { _uuid: named };
  for (const [column, { type }] of Object.entries(columns)) {
    if (Object.hasOwn(given, column)) complete[column] = given[column];
    else complete[column] = checkedDefault(type);
  }
  draft.put(table, named, complete);
  return { op: 'insert', uuid: named };
}

/** A default may break the column's own constraints: then it has to be given. */
function checkedDefault(type: ColumnType): Value {
  const value = defaultOf(type);
  const problem = valueProblem(type, value);
  return problem === undefined ? value : refuse(problem.error, problem.details);
}

function update(execution: Execution, { table, where, row }: Of<'update'>): OperationResult {
  const { columns } = schemaOf(execution, table);
  const given = resolved(execution, table, row);
  for (const column of Object.keys(given)) {
    if (columns[column]?.mutable !== true) {
      refuse('constraint violation', `Cannot update immutable column ${column} in table ${table}.`);
    }
  }
  const rows = found(execution, table, where);
  for (const before of rows) execution.draft.put(table, before._uuid, { ...before, ...given });
  return { op: 'update', count: rows.length };
}

function mutate(execution: Execution, { table, where, mutations }: Of<'mutate'>): OperationResult {
  const { columns } = schemaOf(execution, table);
  const ready = mutations.map(([column, mutator, argument]) => {
    const type = typeOf(execution, table, column);
    if (columns[column]?.mutable !== true) {
      refuse('constraint violation', `Cannot mutate immutable column ${column} in table ${table}.`);
    }
    checkMutation(type, [column, mutator, argument]);
    return { type, mutation: [column, mutator, resolveNames(execution.names, type, argument)] as const };
  });
  const rows = found(execution, table, where);
  for (const before of rows) {
    const after: Record<string, Value> & { _uuid: Uuid } = { ...before };
    for (const { type, mutation } of ready) after[mutation[0]] = mutated(type, after[mutation[0]], mutation);
    execution.draft.put(table, before._uuid, after);
  }
  return { op: 'mutate', count: rows.length };
}

function select(execution: Execution, { table, where, columns }: Of<'select'>): OperationResult {
  const rows = found(execution, table, where);
  for (const column of columns ?? []) typeOf(execution, table, column);
  if (columns === undefined) return { op: 'select', rows };
  const distinct = new Map(rows.map((row) => keyed(execution, table, row, columns)));
  return { op: 'select', rows: [...distinct.values()] };
}

/** True when the rows found are just the rows given, or, for `!=`, are not. */
function holds(execution: Execution, operation: Of<'wait'>): boolean {
  const { table, where, columns, until, rows } = operation;
  const present = new Map(found(execution, table, where).map((row) => keyed(execution, table, row, columns)));
  const { columns: all } = schemaOf(execution, table);
  const wanted = new Map(
    rows.map((row) => {
      const given = resolved(execution, table, row);
      const whole = columns.map((column): readonly [string, Value] => {
        const type = all[column]?.type;
        return [column, Object.hasOwn(given, column) || !type ? given[column] : defaultOf(type)];
      });
      return keyed(execution, table, Object.fromEntries(whole), columns);
    }),
  );
  const same = present.size === wanted.size && [...present.keys()].every((key) => wanted.has(key));
  return same === (until === '==');
}

/** The columns of a row with a text that is the same for equal ones. */
function keyed(
  execution: Execution,
  table: string,
  row: Columns,
  columns: readonly string[],
): readonly [string, Columns] {
  const picked = Object.fromEntries(columns.map((column) => [column, row[column]]));
  return [JSON.stringify(encodeColumns(execution.draft.snapshot.schema, table, picked)), picked];
}

function found(execution: Execution, table: string, where: readonly Condition[]): readonly Row[] {
  schemaOf(execution, table);
  const ready = where.map(([column, test, value]): Condition => {
    const type = typeOf(execution, table, column);
    checkCondition(type, [column, test, value]);
    return [column, test, resolveNames(execution.names, type, value)];
  });
  return matchingRows(execution.draft, table, ready);
}

/** The columns of an operation, checked, with UUIDs for names. Large sets and maps are made ready for cheap changes. */
function resolved(execution: Execution, table: string, columns: Columns): Columns {
  schemaOf(execution, table);
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => {
      const type = typeOf(execution, table, column);
      checkValue(type, value);
      return [column, shared(resolveNames(execution.names, type, value))];
    }),
  );
}

function shared(value: Value): Value {
  if (isSet(value)) return value.size > sharingSize ? PersistentSet.of(value) : value;
  if (!isMap(value) || value instanceof PersistentMap) return value;
  return value.size > sharingSize ? PersistentMap.of(value) : value;
}

function schemaOf({ draft }: Execution, table: string): TableSchema {
  if (!draft.knows(table)) refuse('syntax error', `No table named ${table}.`);
  return tableSchemaOf(draft.snapshot.schema, table);
}

function typeOf({ draft }: Execution, table: string, column: string): ColumnType {
  const { schema } = draft.snapshot;
  const isColumn = column === '_uuid' || Object.hasOwn(tableSchemaOf(schema, table).columns, column);
  if (!isColumn) refuse('unknown column', `No column ${column} in table ${table}.`);
  return columnTypeOf(schema, table, column);
}
