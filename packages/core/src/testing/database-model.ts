import { columnTypeOf, type DatabaseSchema, defaultOf, tableSchemaOf } from '@berth/ovsdb/schema';
import {
  type Atom,
  type Columns,
  changeSnapshot,
  isMap,
  isSet,
  isUuid,
  type Mutation,
  type Operation,
  type Row,
  type RowChange,
  type Snapshot,
  type Tables,
  type Uuid,
  type Value,
} from '@berth/ovsdb/value';

/**
 * What a server makes of a transaction (RFC 7047 section 5.2), written for tests and from the RFC alone: no code of the
 * plan is in it. Where the server would refuse, it throws.
 */
export function commit<T extends Tables>(
  snapshot: Snapshot<T>,
  operations: readonly Operation[],
): Snapshot<T> {
  const { schema } = snapshot;
  const rows: Contents = new Map(
    Object.keys(schema.tables).map((table) => [table, new Map(rowsIn(snapshot, table))]),
  );
  for (const operation of operations) execute(schema, rows, operation);
  collect(schema, rows);
  weaken(schema, rows);
  check(schema, rows);
  return changeSnapshot(
    snapshot,
    [...rows].map(([table, after]) => ({
      table,
      changes: rowChanges(new Map(rowsIn(snapshot, table)), after),
    })),
  );
}

function rowChanges(before: ReadonlyMap<Uuid, Row>, after: ReadonlyMap<Uuid, Row>): readonly RowChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((uuid) => before.get(uuid) !== after.get(uuid))
    .map((uuid) => ({ uuid, before: before.get(uuid), after: after.get(uuid) }));
}

type Contents = Map<string, Map<Uuid, Row>>;

function* rowsIn(snapshot: Snapshot, table: string): Iterable<[Uuid, Row]> {
  for (const row of snapshot.table(table)) yield [row._uuid, row];
}

function execute(schema: DatabaseSchema, contents: Contents, operation: Operation): void {
  if (!('table' in operation)) throw new Error(`the model does not know ${operation.op}`);
  const rows = contents.get(operation.table) ?? new Map<Uuid, Row>();
  contents.set(operation.table, rows);
  if (operation.op === 'insert') {
    const { uuid, table } = operation;
    if (uuid === undefined) throw new Error('an insert without uuid');
    if ([...contents.values()].some((each) => each.has(uuid))) throw new Error(`duplicate uuid ${uuid}`);
    rows.set(uuid, newRow(schema, table, uuid, operation.row));
    return;
  }
  if (operation.op !== 'update' && operation.op !== 'mutate' && operation.op !== 'delete')
    throw new Error(`the model does not know ${operation.op}`);
  const uuid = onlyUuid(operation.where);
  const row = rows.get(uuid);
  if (!row) throw new Error(`${operation.op} of no row: ${operation.table} ${uuid}`);
  if (operation.op === 'delete') rows.delete(uuid);
  else if (operation.op === 'update') rows.set(uuid, { ...row, ...operation.row });
  else rows.set(uuid, operation.mutations.reduce(mutate, row));
}

function newRow(schema: DatabaseSchema, table: string, uuid: Uuid, columns: Columns): Row {
  const row: Record<string, Value> & { _uuid: Uuid } = { _uuid: uuid };
  for (const name of Object.keys(tableSchemaOf(schema, table).columns)) {
    row[name] = defaultOf(columnTypeOf(schema, table, name));
  }
  for (const [name, value] of Object.entries(columns)) {
    columnTypeOf(schema, table, name);
    row[name] = value;
  }
  return row;
}

function onlyUuid(where: Extract<Operation, { op: 'delete' }>['where']): Uuid {
  const [condition, ...others] = where;
  if (!condition || others.length > 0 || condition[0] !== '_uuid' || condition[1] !== '==')
    throw new Error('the model finds rows by _uuid only');
  const uuid = condition[2];
  if (typeof uuid !== 'string' || !isUuid(uuid)) throw new Error('not a uuid');
  return uuid;
}

function mutate(row: Row, [column, mutator, argument]: Mutation): Row {
  const value = row[column];
  if (isSet(value) && isSet(argument)) {
    const kept = [...value].filter((atom) => mutator === 'insert' || !argument.has(atom));
    return { ...row, [column]: new Set([...kept, ...(mutator === 'insert' ? argument : [])]) };
  }
  if (isMap(value) && mutator === 'delete' && isSet(argument)) {
    return { ...row, [column]: new Map([...value].filter(([key]) => !argument.has(key))) };
  }
  // A key that is there already keeps its value (RFC 7047 section 5.1, `insert`).
  if (isMap(value) && mutator === 'insert' && isMap(argument)) {
    return { ...row, [column]: new Map([...argument, ...value]) };
  }
  throw new Error(`${mutator} does not fit column ${column}`);
}

/** Removes rows of non-root tables that no strong reference holds, until none is left. */
function collect(schema: DatabaseSchema, contents: Contents): void {
  for (;;) {
    const held = new Set([...strongReferences(schema, contents)].map(({ target }) => target));
    const orphans = [...contents].flatMap(([table, rows]) =>
      tableSchemaOf(schema, table).isRoot
        ? []
        : [...rows.keys()].filter((uuid) => !held.has(uuid)).map((uuid) => [rows, uuid] as const),
    );
    if (orphans.length === 0) return;
    for (const [rows, uuid] of orphans) rows.delete(uuid);
  }
}

/** Takes weak references to rows that are not there out of the columns that hold them. */
function weaken(schema: DatabaseSchema, contents: Contents): void {
  for (const [table, rows] of contents) {
    const weak = Object.entries(tableSchemaOf(schema, table).columns).flatMap(([column, { type }]) => {
      const { kind, refTable, refType } = type.key;
      return kind === 'uuid' && refTable !== undefined && refType === 'weak' ? [{ column, refTable }] : [];
    });
    for (const { column, refTable } of weak) {
      for (const row of rows.values()) {
        const dangling = uuidsIn(row[column]).filter((uuid) => !contents.get(refTable)?.has(uuid));
        if (dangling.length > 0) rows.set(row._uuid, { ...row, [column]: without(row[column], dangling) });
      }
    }
  }
}

function without(value: Value, dangling: readonly Atom[]): Value {
  return isSet(value) ? new Set([...value].filter((atom) => !dangling.includes(atom))) : undefined;
}

type Reference = { readonly table: string; readonly target: Uuid };

function* strongReferences(schema: DatabaseSchema, contents: Contents): Iterable<Reference> {
  for (const [table, rows] of contents) {
    for (const [column, { type }] of Object.entries(tableSchemaOf(schema, table).columns)) {
      const { kind, refTable, refType = 'strong' } = type.key;
      if (kind !== 'uuid' || refTable === undefined || refType !== 'strong') continue;
      for (const row of rows.values())
        for (const target of uuidsIn(row[column])) yield { table: refTable, target };
    }
  }
}

function uuidsIn(value: Value): readonly Uuid[] {
  const atoms: Iterable<Atom | undefined> = isSet(value) ? value : isMap(value) ? value.keys() : [value];
  return [...atoms].filter((atom) => typeof atom === 'string').filter(isUuid);
}

/** Strong references lead somewhere, and no two rows are equal in the columns of an index. */
function check(schema: DatabaseSchema, contents: Contents): void {
  for (const { table, target } of strongReferences(schema, contents)) {
    if (!contents.get(table)?.has(target)) throw new Error(`dangling reference to ${table} ${target}`);
  }
  for (const [table, rows] of contents) {
    for (const index of tableSchemaOf(schema, table).indexes) {
      const keys = [...rows.values()].map((row) => JSON.stringify(index.map((column) => row[column])));
      if (new Set(keys).size !== keys.length) throw new Error(`duplicate ${index.join(',')} in ${table}`);
    }
  }
}
