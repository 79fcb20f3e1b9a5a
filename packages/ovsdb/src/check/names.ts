import type { ColumnType } from '../schema/column-type.ts';
import { isMap, isSet } from '../value/equality.ts';
import { isUuid } from '../value/uuid.ts';
import type { Atom, Uuid, Value } from '../value/value.ts';
import { refuse } from './refusal.ts';

/** The names that a transaction gives to new rows. A name may be used before the insert that it belongs to. */
export type Names = {
  /** The UUID behind a name. */
  uuidOf(name: string): Uuid;
  /** Gives the name to a new row, of that UUID if one is wanted; `undefined` when another row has the name. */
  declare(name: string, wanted: Uuid | undefined): Uuid | undefined;
};

export function createNames(newUuid: () => Uuid): Names {
  const uuids = new Map<string, Uuid>();
  const declared = new Set<string>();
  const uuidOf = (name: string): Uuid => {
    const uuid = uuids.get(name) ?? newUuid();
    uuids.set(name, uuid);
    return uuid;
  };
  return {
    uuidOf,
    declare(name, wanted) {
      if (declared.has(name)) return undefined;
      declared.add(name);
      if (wanted !== undefined) uuids.set(name, wanted);
      return uuidOf(name);
    },
  };
}

/** A value with UUIDs in place of names. Values of columns without references are returned as they are. */
export function resolveNames(names: Names, type: ColumnType, value: Value): Value {
  const keys = type.key.kind === 'uuid';
  const items = type.kind === 'map' && type.value.kind === 'uuid';
  if (value === undefined || (!keys && !items)) return value;
  const resolve = (atom: Atom, isReference: boolean): Atom =>
    isReference && typeof atom === 'string' && !isUuid(atom) ? names.uuidOf(atom) : atom;
  if (isMap(value)) {
    return new Map([...value].map(([key, item]) => [resolve(key, keys), resolve(item, items)]));
  }
  if (!isSet(value)) return resolve(value, keys);
  if ([...value].every((atom) => typeof atom === 'string' && isUuid(atom))) return value;
  const atoms = new Set([...value].map((atom) => resolve(atom, keys)));
  return atoms.size === value.size ? atoms : refuse('ovsdb error', 'set contains duplicate');
}
