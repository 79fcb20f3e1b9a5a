import { type Atom, isMap, isSet, sortedAtoms, sortedPairs, type Value } from '@berth/ovsdb/value';
import { none } from './table.ts';

/** A column's value for people: a set with commas, a map as `key=value`, nothing as `<none>`. */
export function valueText(value: Value): string {
  if (value === undefined) return none;
  if (isSet(value)) return sortedAtoms(value).map(atomText).join(',') || none;
  if (!isMap(value)) return atomText(value);
  return (
    sortedPairs(value)
      .map(([key, each]) => `${key}=${atomText(each)}`)
      .join(',') || none
  );
}

/** A column's value as plain JSON: a set is an array, a map an object, nothing is null. */
export function valueJson(value: Value) {
  if (value === undefined) return null;
  if (isSet(value)) return sortedAtoms(value);
  if (!isMap(value)) return value;
  return Object.fromEntries(sortedPairs(value).map(([key, each]) => [String(key), each]));
}

/** What a change does to a column, as `[name, old, new]`; of a map, one for each key that changes, named `column:key`. */
export function valueChanges(
  column: string,
  { old, new: wanted }: { readonly old: Value; readonly new: Value },
): readonly (readonly [name: string, old: string, wanted: string])[] {
  const [before, after] = [asMap(old), asMap(wanted)];
  if (!before || !after || (!isMap(old) && !isMap(wanted)))
    return [[column, valueText(old), valueText(wanted)]];
  const keys = sortedAtoms(new Set([...before.keys(), ...after.keys()]));
  return keys
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => [`${column}:${key}`, valueText(before.get(key)), valueText(after.get(key))]);
}

function asMap(value: Value): ReadonlyMap<Atom, Atom> | undefined {
  if (value === undefined) return new Map();
  return isMap(value) ? value : undefined;
}

function atomText(atom: Atom): string {
  return typeof atom === 'string' && (atom === '' || /["\n]/.test(atom))
    ? JSON.stringify(atom)
    : String(atom);
}
