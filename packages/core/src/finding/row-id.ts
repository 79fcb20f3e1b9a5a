import type { Uuid } from '@berth/ovsdb/value';

/** A row of a database of OVN's, or of a node's Open_vSwitch database (`OVS`), that a finding is about. */
export type RowId = {
  readonly db: 'NB' | 'SB' | 'OVS';
  readonly table: string;
  readonly uuid: Uuid;
  /** The columns it is about; absent where it is about the row as such. */
  readonly columns?: readonly string[];
};

/** A row as a finding carries it, without whatever else is known of it. */
export function rowId({ db, table, uuid, columns }: RowId): RowId {
  return { db, table, uuid, ...(columns && columns.length > 0 && { columns }) };
}

/** Rows of one table of NB as findings carry them. */
export function nbRows(table: string, rows: Iterable<{ readonly _uuid: Uuid }>): readonly RowId[] {
  return [...rows].map(({ _uuid: uuid }) => ({ db: 'NB', table, uuid }));
}
