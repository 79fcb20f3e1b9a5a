import { changeKey, formerKey, formerOrderPrefix } from '@berth/api';
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

/** Keys of ours that nobody asks for and that stay: what a row had before it was taken over, when it changed last, and what it was then. */
export function isRemembered(key: string): boolean {
  return key === formerKey || key === changeKey || key.startsWith(formerOrderPrefix);
}

/** A shared map with our keys as wanted, what it remembers, and everybody else's as they are. */
function mergeShared(old: Value, wanted: Value): Value {
  if (!isMap(wanted)) return wanted;
  if (isMap(old) && holdsJust(old, wanted, isRemembered)) return old;
  const merged = new Map(
    isMap(old)
      ? [...old].filter(([key]) => isRemembered(String(key)) || !String(key).startsWith(ownPrefix))
      : [],
  );
  for (const [key, value] of wanted) merged.set(key, value);
  return merged;
}

/** Whether a map has our keys as wanted already, and none of ours beside them but marks. */
export function holdsJust(
  old: ReadonlyMap<Atom, Atom>,
  wanted: ReadonlyMap<Atom, Atom>,
  isMark: (key: string) => boolean = () => false,
): boolean {
  for (const [key, value] of wanted) if (old.get(key) !== value) return false;
  for (const key of old.keys()) {
    const name = String(key);
    if (name.startsWith(ownPrefix) && !wanted.has(key) && !isMark(name)) return false;
  }
  return true;
}
