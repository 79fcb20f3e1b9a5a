import { changeKey } from '@berth/api';
import {
  type Change,
  datedTables,
  decidesOnRole,
  heartbeatOf,
  type RowChange,
  rowChangeText,
} from '@berth/core';
import type { Operation } from '@berth/ovsdb';
import { isMap } from '@berth/ovsdb/value';
import { askForLife } from './south.ts';

/** Columns that change what packets meet, of tables where others change too; of the rest every one does. */
const telling: Readonly<Record<string, readonly string[]>> = {
  Logical_Switch_Port: ['addresses', 'enabled', 'options', 'type'],
  Logical_Router_Port: ['enabled', 'mac', 'networks'],
};

/**
 * Changes whose rows say when they changed, so that of a chassis that stands still anybody can tell later what it has: see `Lacking`.
 */
export function dated(changes: readonly Change[], at: RowChange): readonly Change[] {
  return changes.map((change) =>
    change.verb !== 'delete' && isTold(change) ? withDate(change, rowChangeText(at)) : change,
  );
}

/** Whether packets meet a change. */
function isTold({ verb, table, columns }: Change): boolean {
  if (!datedTables.some((each) => each === table)) return false;
  if (verb === 'insert' || verb === 'delete') return true;
  const names = Object.keys(columns).filter((name) => name !== 'external_ids');
  const known = telling[table];
  return known ? names.some((name) => known.includes(name)) : names.length > 0;
}

function withDate(change: Change, text: string): Change {
  const { old, new: value } = change.columns['external_ids'] ?? {};
  // A key that is there already is taken away first: OVSDB inserts only keys that a map lacks (RFC 7047, section 5.1).
  const before = change.verb === 'insert' ? old : new Map([...(isMap(old) ? old : []), [changeKey, '']]);
  const kept = isMap(value) ? value : isMap(old) ? old : [];
  const ids = { old: before, new: new Map([...kept, [changeKey, text]]) };
  return { ...change, columns: { ...change.columns, external_ids: ids } };
}

/** Numbers the changes of a pass, and has every chassis asked to say when it has carried them out. */
export type Dating = {
  /** Changes with their numbers, and the operations that go with them. */
  readonly date: (changes: readonly Change[]) => {
    readonly changes: readonly Change[];
    readonly asking: readonly Operation[];
  };
  /** Takes note that what was dated last is written. */
  readonly written: () => void;
};

/** Above so many chassis not every change asks: each of them answers by a write to SB. */
const askedAtOnce = 50;

/** When all chassis were asked last, ms on the clock of the pass; undefined before. */
export type LastAsked = { ms: number | undefined };

/** What else is written with changes that are dated so. */
type Beside = (changes: readonly Change[], at: RowChange) => readonly Operation[];

/** Dates the changes of one pass, in an NB whose `nb_cfg` is `number`, of an OVN that has so many chassis. */
export function datingOf(
  number: number,
  chassis: number,
  last: LastAsked,
  nowMs: number,
  beside: Beside = () => [],
): Dating {
  let present = number;
  let asks = false;
  const mayAsk = (): boolean => {
    if (chassis <= askedAtOnce || last.ms === undefined || nowMs < last.ms) return true;
    return nowMs - last.ms >= heartbeatOf(chassis);
  };
  return {
    date(changes) {
      asks = changes.some((each) => isTold(each) || decidesOnRole(each)) && mayAsk();
      const at = { number: asks ? present + 1 : present, isAfter: !asks };
      return {
        changes: dated(changes, at),
        asking: [...(asks ? [askForLife] : []), ...beside(changes, at)],
      };
    },
    written() {
      if (!asks) return;
      present++;
      last.ms = nowMs;
    },
  };
}
