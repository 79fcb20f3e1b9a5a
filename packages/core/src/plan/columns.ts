import { changeKey, formerKey } from '@berth/api';
import { type Atom, type Columns, equalValues, isMap, type Row, type Value } from '@berth/ovsdb/value';
import { ownPrefix } from './former.ts';
import { mayStay } from './spelling.ts';

/** The columns of `row` that must change to be as `desired` says, with their old and new values. What is only spelt otherwise stays. */
export function changedColumns(row: Row, desired: Columns): Record<string, { old: Value; new: Value }> {
  const changed: Record<string, { old: Value; new: Value }> = {};
  for (const name in desired) {
    const wanted = desired[name];
    const old = row[name];
    if (old === wanted) continue;
    const value = name === 'external_ids' ? mergeShared(old, wanted) : wanted;
    const isFine = name === 'external_ids' ? equalValues(old, value) : mayStay(name, row, desired);
    if (!isFine) changed[name] = { old, new: value };
  }
  return changed;
}

/** Keys of ours that nobody asks for and that stay: what a row had before it was taken over, and when it changed last. */
export const remembered: readonly string[] = [formerKey, changeKey];

/** A shared map with our keys as wanted, what it remembers, and everybody else's as they are. */
function mergeShared(old: Value, wanted: Value): Value {
  if (!isMap(wanted)) return wanted;
  if (isMap(old) && holdsJust(old, wanted, remembered)) return old;
  const merged = new Map(
    isMap(old)
      ? [...old].filter(([key]) => remembered.includes(String(key)) || !String(key).startsWith(ownPrefix))
      : [],
  );
  for (const [key, value] of wanted) merged.set(key, value);
  return merged;
}

/** Whether a map has our keys as wanted already, and none of ours beside them and the `marks`. */
export function holdsJust(
  old: ReadonlyMap<Atom, Atom>,
  wanted: ReadonlyMap<Atom, Atom>,
  marks: readonly string[] = [],
): boolean {
  for (const [key, value] of wanted) if (old.get(key) !== value) return false;
  for (const key of old.keys()) {
    const name = String(key);
    if (name.startsWith(ownPrefix) && !wanted.has(key) && !marks.includes(name)) return false;
  }
  return true;
}
