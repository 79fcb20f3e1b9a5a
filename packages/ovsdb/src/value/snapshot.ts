import { type DatabaseSchema, tableSchemaOf } from '../schema/database-schema.ts';
import { OvsdbFault } from './fault.ts';
import { PersistentMap } from './persistent-map.ts';
import { changeIndex, emptyIndex, lookUp, type RowChange, type TableIndex } from './table-index.ts';
import type { Row, Tables, Uuid } from './value.ts';

/** One table at one moment. Immutable. */
export type TableSnapshot<R extends Row = Row> = {
  readonly size: number;
  get(uuid: Uuid): R | undefined;
  /**
   * The rows that hold exactly these values in exactly these columns, which must be an index of the schema or one declared by the reader.
   * Sorted by UUID. Throws `OvsdbFault` `no-index`.
   */
  find(columns: Partial<R>): readonly R[];
  /** All rows, in an order that depends on their UUIDs only. */
  [Symbol.iterator](): IterableIterator<R>;
};

/** A database, or the part of it that is read, at one moment. Immutable. */
export type Snapshot<T extends Tables = Tables> = {
  readonly schema: DatabaseSchema;
  /** The tables that are there, sorted. */
  readonly tableNames: readonly string[];
  /** Throws `OvsdbFault` `unknown-table-or-column` for a table that is not there. */
  table<Name extends keyof T & string>(name: Name): TableSnapshot<T[Name]>;
  /** For the type checker alone: a snapshot with more tables may stand for one with fewer, not the reverse. Never present. */
  readonly __rows?: T;
};

/** Columns that a reader searches by, each entry one index, for each table. The schema's own indexes need not be named. */
export type Indexes<T extends Tables = Tables> = {
  readonly [Name in keyof T & string]?: readonly (readonly (keyof T[Name] & string)[])[];
};

/** The changes to make to a table. */
export type TableChange = { readonly table: string; readonly changes: readonly RowChange[] };

type TableState = { readonly rows: PersistentMap<Uuid, Row>; readonly indexes: readonly TableIndex[] };

/** A snapshot without rows, of the tables named. Throws `OvsdbFault` `unknown-table-or-column`. */
export function emptySnapshot<T extends Tables>(
  schema: DatabaseSchema,
  tables: readonly string[],
  indexes: Indexes<T> = {},
): Snapshot<T> {
  const declared: Readonly<Record<string, readonly (readonly string[])[] | undefined>> = indexes;
  const states = tables.map((table): readonly [string, TableState] => {
    const all = [...tableSchemaOf(schema, table).indexes, ...(declared[table] ?? [])];
    return [table, { rows: PersistentMap.of(), indexes: all.map(emptyIndex) }];
  });
  return new DatabaseState<T>(schema, new Map(states));
}

/**
 * The snapshot after some changes. Costs as much as the changes; everything else is shared with `snapshot`, which stays as it is.
 * Each change says truly what was there `before`. Throws `OvsdbFault` `unknown-table-or-column`.
 */
export function changeSnapshot<T extends Tables>(
  snapshot: Snapshot<T>,
  changes: readonly TableChange[],
): Snapshot<T> {
  if (!(snapshot instanceof DatabaseState)) throw new TypeError('not a snapshot of this library');
  return snapshot.with(changes);
}

/**
 * The rows that differ between two snapshots with the same tables, by table. Costs as much as the difference where `after` was made
 * from `before`. Throws `OvsdbFault` `unknown-table-or-column` where a table of `before` is not in `after`.
 */
export function changesBetween(before: Snapshot, after: Snapshot): readonly TableChange[] {
  if (before === after) return [];
  if (!(before instanceof DatabaseState && after instanceof DatabaseState))
    throw new TypeError('not a snapshot of this library');
  return before.changesTo(after);
}

class DatabaseState<T extends Tables> implements Snapshot<T> {
  readonly schema: DatabaseSchema;
  readonly #tables: ReadonlyMap<string, TableState>;
  readonly #views = new Map<string, TableSnapshot<Row>>();

  constructor(schema: DatabaseSchema, tables: ReadonlyMap<string, TableState>) {
    this.schema = schema;
    this.#tables = tables;
  }

  get tableNames(): readonly string[] {
    return [...this.#tables.keys()].sort();
  }

  table<Name extends keyof T & string>(name: Name): TableSnapshot<T[Name]> {
    const view: TableSnapshot<Row> = this.#views.get(name) ?? this.#view(name);
    // Rows take their static type here: `T` is what the opener of the database says of it.
    return view as TableSnapshot<T[Name]>;
  }

  with(changes: readonly TableChange[]): Snapshot<T> {
    const tables = new Map(this.#tables);
    for (const { table, changes: rows } of changes) tables.set(table, changeTable(this.#state(table), rows));
    return new DatabaseState<T>(this.schema, tables);
  }

  changesTo(other: DatabaseState<T>): readonly TableChange[] {
    const changed: TableChange[] = [];
    for (const [table, { rows }] of this.#tables) {
      const after = other.#state(table).rows;
      if (after === rows) continue;
      const changes = rows.changesTo(after);
      changed.push({
        table,
        changes: changes.map(({ key, before: was, after: is }) => ({ uuid: key, before: was, after: is })),
      });
    }
    return changed;
  }

  #view(table: string): TableSnapshot<Row> {
    const view = viewOf(table, this.#state(table));
    this.#views.set(table, view);
    return view;
  }

  #state(table: string): TableState {
    const state = this.#tables.get(table);
    if (state !== undefined) return state;
    throw new OvsdbFault(
      'unknown-table-or-column',
      `the snapshot of ${this.schema.name} has no table "${table}"`,
    );
  }
}

function viewOf(table: string, { rows, indexes }: TableState): TableSnapshot<Row> {
  return {
    size: rows.size,
    get: (uuid) => rows.get(uuid),
    find: (columns) => lookUp(indexes, columns, table).flatMap((uuid) => rows.get(uuid) ?? []),
    [Symbol.iterator]: () => rows.values(),
  };
}

function changeTable(state: TableState, changes: readonly RowChange[]): TableState {
  const rows = state.rows.edit((draft) => {
    for (const { uuid, after } of changes) {
      if (after === undefined) draft.delete(uuid);
      else draft.set(uuid, after);
    }
  });
  return { rows, indexes: state.indexes.map((index) => changeIndex(index, changes)) };
}
