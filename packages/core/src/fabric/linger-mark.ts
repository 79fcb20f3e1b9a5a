import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { carriedOut } from './behind.ts';
import { joinedTaken, type LingerList, readLingerEntry, type Taken } from './linger-list.ts';
import { hasCarriedOut, type RowChange } from './row-change.ts';
import { firstRow } from './tables.ts';

/**
 * That an address was taken from a chassis: its row was deleted, or changed to be answered elsewhere, or the gateway that answers moved. The row
 * is gone or tells of now; the chassis answers until it has carried out the change, and one that stands still never does.
 */
export type LingerMark = Taken & Omit<LingerList, 'taken'>;

/** Tells marks apart. */
export function lingerKey({
  ip,
  switchName,
  chassis,
}: Pick<LingerMark, 'ip' | 'switchName' | 'chassis'>): string {
  return `${ip} ${switchName} ${chassis}`;
}

/** A list with its key, and how many characters both are. */
export type KeyedList = LingerList & { readonly key: string; readonly length: number };

/** Every list of NB; what cannot be read is left out. */
export function lingerLists(nb: Snapshot<NbTables>): readonly KeyedList[] {
  const row = firstRow(nb, 'NB_Global');
  return row === undefined ? [] : listsIn(row);
}

/** The row stays the very same for as long as nothing changes in it. */
const listsIn = perObject(({ external_ids: ids }: NbTables['NB_Global']): readonly KeyedList[] =>
  [...(ids ?? [])].flatMap(([key, value]) => {
    const list = readLingerEntry(key, value);
    return list === undefined ? [] : [{ ...list, key, length: key.length + value.length }];
  }),
);

/** The marks of NB whose chassis may not have carried out yet what they tell; of an address that was taken twice the later, with all that was translated to it. */
export function lingerMarks(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): readonly LingerMark[] {
  const marks = new Map<string, LingerMark>();
  for (const { taken, switchName, chassis, change } of lingerLists(nb)) {
    if (!mayLinger({ chassis, change }, sb)) continue;
    for (const each of taken) {
      const mark = { ...each, switchName, chassis, change };
      const key = lingerKey(mark);
      const known = marks.get(key);
      const [earlier, later] = known && isLater(known.change, change) ? [mark, known] : [known, mark];
      marks.set(key, { ...joinedTaken(earlier, later), switchName, chassis, change: later.change });
    }
  }
  return [...marks.values()];
}

function isLater(left: RowChange, right: RowChange): boolean {
  return left.number === right.number ? left.isAfter && !right.isAfter : left.number > right.number;
}

/** Whether the chassis of a mark is there and may not have carried out yet that the address is no more its own. */
export function mayLinger(
  { chassis, change }: Pick<LingerMark, 'chassis' | 'change'>,
  sb: Snapshot<SbTables>,
): boolean {
  if (sb.table('Chassis').find({ name: chassis }).length === 0) return false;
  const done = carriedOut(sb).get(chassis);
  return done === undefined || hasCarriedOut(done, change) !== true;
}
