import { type ColumnType, changesByDifference } from '../schema/column-type.ts';
import { sharingSize } from './decode.ts';
import { equalValues, isMap, isSet } from './equality.ts';
import { PersistentMap } from './persistent-map.ts';
import { PersistentSet, type SetChange } from './persistent-set.ts';
import type { Atom, Columns, Value } from './value.ts';

/**
 * The difference from one value of a column to another, as the server states it (ovsdb-server(7), `<row-update2>`):
 * of a set, the elements that are in just one of the two; of a map, for each key that differs, the new value, or the old one
 * where the key is gone; of everything else, the new value. `applyDifference(type, before, differenceOf(type, before, after))` is `after`.
 */
export function differenceOf(type: ColumnType, before: Value, after: Value): Value {
  if (!changesByDifference(type)) return after;
  if (isSet(before) && isSet(after)) {
    const { added, removed } = setChange(before, after);
    return new Set([...added, ...removed]);
  }
  return isMap(before) && isMap(after) ? mapDifference(before, after) : after;
}

/** `before` with a difference applied. Costs as much as the difference when the set or map is large. */
export function applyDifference(type: ColumnType, before: Value, difference: Value): Value {
  if (!changesByDifference(type)) return difference;
  if (isSet(before) && isSet(difference)) return toggled(before, difference);
  return isMap(before) && isMap(difference) ? patched(before, difference) : difference;
}

/** The elements that a set gained and lost. */
export function setChange(before: ReadonlySet<Atom>, after: ReadonlySet<Atom>): SetChange<Atom> {
  if (before instanceof PersistentSet && after instanceof PersistentSet) return before.changesTo(after);
  return {
    added: [...after].filter((atom) => !before.has(atom)),
    removed: [...before].filter((atom) => !after.has(atom)),
  };
}

/** The pairs that a map gained or changed, and the keys that it lost. */
export function mapChange(
  before: ReadonlyMap<Atom, Atom>,
  after: ReadonlyMap<Atom, Atom>,
): { readonly set: ReadonlyMap<Atom, Atom>; readonly removed: readonly Atom[] } {
  return {
    set: new Map([...after].filter(([key, value]) => before.get(key) !== value)),
    removed: [...before.keys()].filter((key) => !after.has(key)),
  };
}

/** The columns of `after` whose values differ from those of `before`, with their new values. */
export function changedColumns(before: Columns, after: Columns): Columns {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => !Object.hasOwn(before, name) || !equalValues(before[name], value),
    ),
  );
}

function toggled(before: ReadonlySet<Atom>, difference: ReadonlySet<Atom>): ReadonlySet<Atom> {
  if (before instanceof PersistentSet) return before.toggle(difference);
  const after = new Set(before);
  for (const atom of difference) if (!after.delete(atom)) after.add(atom);
  return after.size > sharingSize ? PersistentSet.of(after) : after;
}

function mapDifference(
  before: ReadonlyMap<Atom, Atom>,
  after: ReadonlyMap<Atom, Atom>,
): ReadonlyMap<Atom, Atom> {
  const { set, removed } = mapChange(before, after);
  const difference = new Map(set);
  for (const key of removed) {
    const value = before.get(key);
    if (value !== undefined) difference.set(key, value);
  }
  return difference;
}

/** A pair that the map already has is removed; any other is set. */
function patched(
  before: ReadonlyMap<Atom, Atom>,
  difference: ReadonlyMap<Atom, Atom>,
): ReadonlyMap<Atom, Atom> {
  if (before instanceof PersistentMap) {
    return before.edit((draft) => {
      for (const [key, value] of difference) {
        if (draft.get(key) === value) draft.delete(key);
        else draft.set(key, value);
      }
    });
  }
  const after = new Map(before);
  for (const [key, value] of difference) {
    if (after.get(key) === value) after.delete(key);
    else after.set(key, value);
  }
  return after.size > sharingSize ? PersistentMap.of(after) : after;
}
