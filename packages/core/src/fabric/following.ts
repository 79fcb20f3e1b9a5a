import {
  changesBetween,
  emptySnapshot,
  type Snapshot,
  type TableChange,
  type Tables,
} from '@berth/ovsdb/value';
import type { Asker } from '../memo/per-item.ts';
import { areSame } from '../memo/per-object.ts';

type Others = Readonly<Record<string, unknown>>;

/**
 * What is made of the snapshots of a database one after the other, at the cost of what changed since the same asker was here last. `begin` makes it of a
 * database without rows; `follow` gets what it gave last, or what `begin` did, and what changed since. It may change that in place: nobody else has it. It begins
 * again where the others are not the very same as last time, for another database or other tables, and after a `follow` that threw.
 */
export function following<T extends Tables, With extends Others, Made>(
  begin: (others: With) => Made,
  follow: (made: Made, changed: readonly TableChange[], now: Snapshot<T>) => Made,
): (asker: Asker, now: Snapshot<T>, others: With) => Made {
  const known = new WeakMap<
    Asker,
    { readonly seen: Snapshot<T>; readonly others: With; readonly made: Made }
  >();
  return (asker, now, others) => {
    const found = known.get(asker);
    const last = found && areComparable(found.seen, now) && areSame(found.others, others) ? found : undefined;
    known.delete(asker);
    const before: Snapshot = last?.seen ?? emptySnapshot(now.schema, now.tableNames);
    const made = follow(last ? last.made : begin(others), changesBetween(before, now), now);
    known.set(asker, { seen: now, others, made });
    return made;
  };
}

/** The changes of one table. */
export function changesOf(changed: readonly TableChange[], table: string): TableChange['changes'] {
  return changed.find((each) => each.table === table)?.changes ?? [];
}

/** Whether two snapshots are of one database and have the same tables: only then `changesBetween` tells all that differs. */
function areComparable(
  left: Pick<Snapshot, 'schema' | 'tableNames'>,
  right: Pick<Snapshot, 'schema' | 'tableNames'>,
): boolean {
  return left.schema === right.schema && left.tableNames.join() === right.tableNames.join();
}
