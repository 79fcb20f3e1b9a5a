import { PersistentMap } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';
import type { Atom, Columns, Value } from './value.ts';

/** True when two column values are the same by content. */
export function equalValues(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left instanceof Set || left instanceof PersistentSet) return isSet(right) && equalSets(left, right);
  if (left instanceof Map || left instanceof PersistentMap) return isMap(right) && equalMaps(left, right);
  return false;
}

/** True when two rows, or two selections of columns, hold equal values in the same columns. */
export function equalColumns(left: Columns, right: Columns): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && equalValues(left[name], right[name]));
}

/** True for the value of a set column. */
export function isSet(value: Value): value is ReadonlySet<Atom> {
  return value instanceof Set || value instanceof PersistentSet;
}

/** True for the value of a map column. */
export function isMap(value: Value): value is ReadonlyMap<Atom, Atom> {
  return value instanceof Map || value instanceof PersistentMap;
}

function equalSets(left: ReadonlySet<Atom>, right: ReadonlySet<Atom>): boolean {
  if (left.size !== right.size) return false;
  if (left instanceof PersistentSet && right instanceof PersistentSet) return left.equals(right);
  for (const atom of left) if (!right.has(atom)) return false;
  return true;
}

function equalMaps(left: ReadonlyMap<Atom, Atom>, right: ReadonlyMap<Atom, Atom>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (right.get(key) !== value) return false;
  return true;
}
