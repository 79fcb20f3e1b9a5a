import { type Atom, isMap, type Value } from '@berth/ovsdb/value';

/** What a map has under a key; undefined where it has nothing, and of a value that is no map. */
export function mapEntry(value: Value, key: Atom): Atom | undefined {
  return isMap(value) ? value.get(key) : undefined;
}
