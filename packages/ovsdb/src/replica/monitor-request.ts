import type { DatabaseSchema } from '../schema/database-schema.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import { type RowCodec, rowCodecOf } from '../value/row-codec.ts';
import type { Row, Tables } from '../value/value.ts';

/** The tables to read, each with all of its columns or the ones named. */
export type Selection<T extends Tables = Tables> =
  | 'all'
  | { readonly [Name in keyof T & string]?: 'all' | readonly (keyof T[Name] & string)[] };

/** The row types that remain of `T` when `S` is selected. */
export type Selected<T extends Tables, S> = S extends 'all'
  ? T
  : { readonly [Name in keyof S & keyof T & string]: SelectedRow<T[Name], S[Name]> };

type SelectedRow<R extends Row, Columns> = Columns extends readonly (infer Column)[]
  ? Pick<R, '_uuid' | (Column & keyof R)>
  : R;

/** The row codecs of the tables selected, by table. Throws `OvsdbFault` `unknown-table-or-column`. */
export function codecsOf(schema: DatabaseSchema, selection: Selection): ReadonlyMap<string, RowCodec> {
  const tables =
    selection === 'all' ? Object.fromEntries(Object.keys(schema.tables).map(wholeTable)) : selection;
  return new Map(
    Object.entries(tables).flatMap(([table, columns]) => {
      if (columns === undefined) return [];
      const named = columns === 'all' ? undefined : columns.filter((column) => column !== '_uuid');
      return [[table, rowCodecOf(schema, table, named)]];
    }),
  );
}

/** The `<monitor-cond-requests>` of ovsdb-server(7) section 4.1.13 for some codecs. */
export function monitorRequests(codecs: ReadonlyMap<string, RowCodec>): Json {
  return Object.fromEntries([...codecs].map(([table, codec]) => [table, [{ columns: codec.columns }]]));
}

/** The fault of a message about a table that was not asked for, or of another shape than ovsdb-server(7) states. */
export function updateFault(problem: string): OvsdbFault {
  return new OvsdbFault('protocol-error', problem, { retry: 'backoff' });
}

function wholeTable(table: string): readonly [string, 'all'] {
  return [table, 'all'];
}
