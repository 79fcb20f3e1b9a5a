import type { Columns } from '@berth/ovsdb/value';
import type { ObjectRef } from '../finding/finding.ts';
import { type Origin, origin } from '../finding/origin.ts';
import { naturalKey, rowUuid, tableKeys } from './key.ts';
import type { DesiredRow } from './row.ts';

/** What a compile step says about a row; identity and place follow from the table's key. */
export type RowParts = {
  readonly unit: string;
  readonly cause: ObjectRef;
  readonly columns: Columns;
  /** The row that holds this one; needed for every table that is no root table. */
  readonly parent?: DesiredRow;
  /** Beside the cause itself. */
  readonly origins?: readonly Origin[];
  readonly columnOrigins?: Readonly<Record<string, readonly Origin[]>>;
};

/** Makes a desired row: its key and UUID are those of its table, its parent's reference set is the table's. */
export function rowOf(
  table: string,
  { unit, cause, columns, parent, origins, columnOrigins }: RowParts,
): DesiredRow {
  const key = naturalKey(table, columns, parent?.key ?? []);
  const holder = tableKeys[table]?.parent;
  return {
    table,
    uuid: rowUuid(table, key),
    key,
    unit,
    columns,
    ...(parent && holder && { parent: { ...holder, uuid: parent.uuid } }),
    cause,
    origins: [origin(cause), ...(origins ?? [])],
    ...(columnOrigins && { columnOrigins }),
  };
}

/** Of a port or a router: that it is enabled, which is so where nothing is said (ovn-nb(5)). */
export const enabled = { enabled: undefined } as const;

/** A set column. */
export function setOf<T extends string>(...atoms: readonly T[]): ReadonlySet<T> {
  return new Set(atoms);
}

/** A map column; entries without a value are left out. */
export function mapOf(entries: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const key in entries) {
    const value = entries[key];
    if (value !== undefined) map.set(key, value);
  }
  return map.size === 0 ? empty : map;
}

const empty: ReadonlyMap<string, string> = new Map();
