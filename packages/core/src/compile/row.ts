import type { Columns, Uuid } from '@berth/ovsdb/value';
import type { ObjectRef } from '../finding/finding.ts';
import type { Origin } from '../finding/origin.ts';

/**
 * A row as it should be. Only the columns named are ours to decide; the others keep what they have.
 * Of `external_ids` (and any other column that {@link isSharedMap} names) only the keys named are ours.
 */
export type DesiredRow = {
  readonly table: string;
  /** Derived from the natural key, so that writing it twice cannot make two rows. */
  readonly uuid: Uuid;
  /** What makes the row this row and no other, as OVN's users would name it. */
  readonly key: readonly string[];
  /** The part of the network that is compiled and written together: `vpc/blue`, or `shared`. */
  readonly unit: string;
  readonly columns: Columns;
  /** The row whose reference set must hold this one. Absent for rows of root tables. */
  readonly parent?: { readonly table: string; readonly uuid: Uuid; readonly column: string };
  /** The object that causes the row. */
  readonly cause: ObjectRef;
  readonly origins: readonly Origin[];
  /** Columns that come from a field of their own. */
  readonly columnOrigins?: Readonly<Record<string, readonly Origin[]>>;
};

/** Whether other programs write keys into a column as well: into `external_ids` of any row, and `options` of NB_Global. */
export function isSharedMap(table: string, column: string): boolean {
  return column === 'external_ids' || (table === 'NB_Global' && column === 'options');
}
