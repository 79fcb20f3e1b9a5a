import type { Uuid, Value } from '@berth/ovsdb/value';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import type { Origin } from '../finding/origin.ts';
import type { RowId } from '../finding/row-id.ts';

/** A flow that a change interrupts: the object whose traffic it is and the direction that suffers. */
export type InterruptedFlow = {
  readonly object: ObjectRef;
  readonly externalIp: string | undefined;
  /** What its users notice, in a few words. */
  readonly effect: string;
};

/** A reference set: a column of a row that holds rows of another table. */
export type RowHolder = { readonly table: string; readonly uuid: Uuid; readonly column: string };

/** One row made, changed, removed or taken over. */
export type Change = {
  readonly verb: 'insert' | 'update' | 'delete' | 'adopt';
  readonly db: 'NB' | 'OVS';
  readonly table: string;
  readonly uuid: Uuid;
  readonly key: readonly string[];
  readonly unit: string;
  /** The object that causes the change; undefined for a leftover nobody asks for any more. */
  readonly cause: ObjectRef | undefined;
  readonly origins: readonly Origin[];
  /** Every column that changes. `old` is undefined on insert, `new` on delete. */
  readonly columns: Readonly<Record<string, { readonly old: Value; readonly new: Value }>>;
  /** The reference set that gains the row. */
  readonly parent?: RowHolder;
  /** Reference sets that give the row up. */
  readonly formerParents?: readonly RowHolder[];
  /** Traffic that the change interrupts; null when it interrupts none. */
  readonly interrupts: { readonly flows: readonly InterruptedFlow[] } | null;
};

/** The row that a change is about, with the columns that change. */
export function changedRow({ db, table, uuid, verb, columns }: Change): RowId {
  return { db, table, uuid, columns: verb === 'delete' ? [] : Object.keys(columns).toSorted() };
}

/** The difference between what should be and what is, in the order in which it can be written. */
export type Plan = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Rows of somebody else that are not taken over, because that would interrupt traffic; each has a finding. Absent without any. */
  readonly left?: readonly RowId[];
  readonly summary: {
    readonly insert: number;
    readonly update: number;
    readonly delete: number;
    readonly adopt: number;
    readonly interrupting: number;
  };
};
