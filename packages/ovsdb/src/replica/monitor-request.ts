import type { DatabaseSchema } from '../schema/database-schema.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import type { Condition } from '../value/operation.ts';
import { encodeWhere } from '../value/operation-codec.ts';
import { type RowCodec, rowCodecOf } from '../value/row-codec.ts';
import type { Row, Tables } from '../value/value.ts';

/** The ways to follow a database, best first: RFC 7047 section 4.1.5, ovsdb-server(7) sections 4.1.12 and 4.1.15. */
export const monitorMethods = ['monitor_cond_since', 'monitor_cond', 'monitor'] as const;

export type MonitorMethod = (typeof monitorMethods)[number];

/** The columns to read of a table, and which of its rows. */
export type TableSelection<R extends Row = Row> =
  | 'all'
  | readonly (keyof R & string)[]
  | {
      readonly columns?: 'all' | readonly (keyof R & string)[];
      /** Only rows that meet at least one of these conditions; all rows when there is none. The columns named here are read too. */
      readonly whereAny?: readonly Condition[];
    };

/** The tables to read. */
export type Selection<T extends Tables = Tables> =
  | 'all'
  | { readonly [Name in keyof T & string]?: TableSelection<T[Name]> };

/** The row types that remain of `T` when `S` is selected. */
export type Selected<T extends Tables, S> = S extends 'all'
  ? T
  : { readonly [Name in keyof S & keyof T & string]: SelectedRow<T[Name], S[Name]> };

type SelectedRow<R extends Row, S> = S extends readonly (infer Column)[]
  ? Pick<R, '_uuid' | (Column & keyof R)>
  : S extends { readonly columns: infer Columns }
    ? SelectedRow<R, Columns>
    : R;

/** A table as it is read. */
export type TableReading = {
  readonly codec: RowCodec;
  readonly whereAny: readonly Condition[];
  /** `whereAny` in wire notation. */
  readonly where: readonly Json[];
};

/** How the tables selected are read, by table. Throws `OvsdbFault` `unknown-table-or-column` or `bad-value`. */
export function readingsOf(schema: DatabaseSchema, selection: Selection): ReadonlyMap<string, TableReading> {
  const tables =
    selection === 'all' ? Object.fromEntries(Object.keys(schema.tables).map(wholeTable)) : selection;
  return new Map(
    Object.entries(tables).flatMap(([table, selected]) =>
      selected === undefined ? [] : [[table, readingOf(schema, table, selected)]],
    ),
  );
}

function readingOf(schema: DatabaseSchema, table: string, selected: TableSelection): TableReading {
  const given = typeof selected === 'object' && 'columns' in selected ? selected.columns : selected;
  const columns = Array.isArray(given) ? given.map(String) : 'all';
  const whereAny =
    typeof selected === 'object' && 'whereAny' in selected ? (selected.whereAny ?? []) : noConditions;
  const named = [...new Set([...columns, ...whereAny.map(([column]) => column)])];
  const codec = rowCodecOf(
    schema,
    table,
    columns === 'all' ? undefined : named.filter((column) => column !== '_uuid'),
  );
  return { codec, whereAny, where: encodeWhere(schema, table, whereAny) };
}

const noConditions: readonly Condition[] = [];

/** The `<monitor-requests>` or, for a method that has conditions, the `<monitor-cond-requests>` of some readings. */
export function monitorRequests(readings: ReadonlyMap<string, TableReading>, method: MonitorMethod): Json {
  return Object.fromEntries(
    [...readings].map(([table, { codec, where }]) => {
      const conditional = method !== 'monitor' && where.length > 0;
      return [table, [{ columns: codec.columns, ...(conditional ? { where } : {}) }]];
    }),
  );
}

/** The fault of a message about a table that was not asked for, or of another shape than ovsdb-server(7) states. */
export function updateFault(problem: string): OvsdbFault {
  return new OvsdbFault('protocol-error', problem, { retry: 'backoff' });
}

function wholeTable(table: string): readonly [string, 'all'] {
  return [table, 'all'];
}
