import {
  type Columns,
  isSet,
  type Row,
  type Snapshot,
  setChange,
  type Uuid,
  type Value,
} from '@berth/ovsdb/value';
import type { DesiredChange } from '../compile/compiler.ts';
import { keyText, naturalKey, ownKey, type Relation, relations, rowUuid, tableKeys } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import type { RowHolder } from './change.ts';
import { references } from './observed.ts';

/** Reference sets that hold rows, by the table they are in. */
const holding: ReadonlyMap<string, readonly Relation[]> = Map.groupBy(
  relations,
  ({ parentTable }) => parentTable,
);

/** Rows to be looked at again, each with its table. */
export type Dirty = Map<Uuid, string>;

/** What a differ keeps of the desired rows and of the database between two plans. */
export class Ledger {
  readonly desired = new Map<Uuid, DesiredRow>();
  readonly #holders = new Map<Uuid, readonly RowHolder[]>();
  /** Rows that are there and not desired, by {@link placeText}. */
  readonly #strangers = new Map<string, Set<Uuid>>();
  readonly #strangerKeys = new Map<Uuid, string>();

  /** Takes desired rows out and in; false where two have one UUID. */
  change({ removed, added }: Pick<DesiredChange, 'removed' | 'added'>, dirty: Dirty): boolean {
    for (const { uuid, table } of removed) dirty.set(uuid, table);
    let isPlain = true;
    const come = new Set<Uuid>();
    for (const row of added) {
      isPlain &&= !come.has(row.uuid) && (dirty.has(row.uuid) || !this.desired.has(row.uuid));
      come.add(row.uuid);
      dirty.set(row.uuid, row.table);
      this.desired.set(row.uuid, row);
    }
    for (const { uuid } of removed) if (!come.has(uuid)) this.desired.delete(uuid);
    return isPlain;
  }

  /** Takes in what a row's reference sets gained and lost. */
  hold(table: string, uuid: Uuid, before: Row | undefined, after: Row | undefined, dirty: Dirty): void {
    for (const { column, childTable } of holding.get(table) ?? []) {
      const { added, removed } = gainAndLoss(before?.[column], after?.[column]);
      for (const child of removed) {
        const left = this.holdersOf(child).filter((each) => each.uuid !== uuid || each.column !== column);
        if (left.length > 0) this.#holders.set(child, left);
        else this.#holders.delete(child);
        dirty.set(child, childTable);
      }
      for (const child of added) {
        const held = this.#holders.get(child);
        const holder = { table, uuid, column };
        this.#holders.set(child, held ? [...held, holder] : [holder]);
        dirty.set(child, childTable);
      }
    }
  }

  /** The rows whose reference sets hold a row. */
  holdersOf(uuid: Uuid): readonly RowHolder[] {
    return this.#holders.get(uuid) ?? none;
  }

  /** Enters a row that is there and not desired, or forgets one that is not so any more. */
  noteStranger(uuid: Uuid, table: string, row: Row | undefined): void {
    const known = this.#strangerKeys.get(uuid);
    const text = row && placeText(table, row, this.holdersOf(uuid)[0]?.uuid);
    if (known === text) return;
    if (known !== undefined) {
      this.#strangers.get(known)?.delete(uuid);
      if (this.#strangers.get(known)?.size === 0) this.#strangers.delete(known);
      this.#strangerKeys.delete(uuid);
    }
    if (text === undefined) return;
    this.#strangerKeys.set(uuid, text);
    const same = this.#strangers.get(text);
    if (same) same.add(uuid);
    else this.#strangers.set(text, new Set([uuid]));
  }

  /** Whether a row that is not desired may have the key of one that is. */
  mayClash({ table, columns, parent }: DesiredRow): boolean {
    return this.#strangers.size > 0 && this.#strangers.has(placeText(table, columns, parent?.uuid));
  }

  /** Whether a row is as a desired one is called, and may hold rows that would clash with those the desired one holds. */
  isNamesake(table: string, row: Row): boolean {
    return heldBy(table).length > 0 && this.desired.has(rowUuid(table, ownKey(table, row)));
  }

  /** The natural key of a row that is there. */
  keyOf(table: string, row: Row, observed: Snapshot): readonly string[] {
    const [holder] = tableKeys[table]?.withinParent ? this.holdersOf(row._uuid) : none;
    if (!holder) return naturalKey(table, row, []);
    const parent = this.desired.get(holder.uuid)?.key;
    const there = observed.table(holder.table).get(holder.uuid);
    return naturalKey(table, row, parent ?? (there ? this.keyOf(holder.table, there, observed) : []));
  }
}

/** The tables whose rows may be held by one of a table, and the column that holds them. */
export function heldBy(table: string): readonly Relation[] {
  return holding.get(table) ?? [];
}

/** One text for all rows that have one natural key, as far as no two rows that hold others have one. */
function placeText(table: string, columns: Columns, holder: Uuid | undefined): string {
  const own = ownKey(table, columns);
  return keyText(table, tableKeys[table]?.withinParent ? [holder ?? '', ...own] : own);
}

const none: readonly RowHolder[] = [];

function gainAndLoss(before: Value, after: Value): { added: Iterable<Uuid>; removed: Iterable<Uuid> } {
  if (before === after) return { added: [], removed: [] };
  if (!isSet(before) || !isSet(after)) return { added: references(after), removed: references(before) };
  const { added, removed } = setChange(before, after);
  return { added: references(new Set(added)), removed: references(new Set(removed)) };
}
