import type { BaseType, ColumnType } from '../schema/column-type.ts';
import { OvsdbFault } from './fault.ts';
import { isJsonArray, type Json } from './json.ts';
import { PersistentMap } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';
import { zeroUuid } from './uuid.ts';
import type { Atom, Value } from './value.ts';

/** Reads one column from wire notation (RFC 7047 section 5.1). Throws `OvsdbFault` `protocol-error`. */
export type Decode<T extends Value = Value> = (json: Json) => T;

/** Sets and maps above this size share structure between versions; below it a plain copy is smaller and faster. */
export const sharingSize = 32;

/** The decoder of a column, made once per column and not per value. `place` names the column in faults. */
export function decoderOf(type: ColumnType, place: string): Decode {
  const key = atomDecoderOf(type.key, place);
  switch (type.kind) {
    case 'atom':
      return (json) => {
        const value = decodeOptional(json, key, place);
        if (value === undefined) throw decodeFault(place, json, 'one value');
        return value;
      };
    case 'optional':
      return (json) => decodeOptional(json, key, place);
    case 'set':
      return (json) => decodeSet(json, key, place);
    case 'map': {
      const value = atomDecoderOf(type.value, place);
      return (json) => decodeMap(json, key, value, place);
    }
  }
}

function decodeOptional(json: Json, decode: Decode<Atom>, place: string): Atom | undefined {
  if (!isJsonArray(json) || json[0] !== 'set') return decode(json);
  const elements = elementsOf(json, place);
  if (elements.length > 1) throw decodeFault(place, json, 'at most one value');
  const [element] = elements;
  return element === undefined ? undefined : decode(element);
}

function decodeSet(json: Json, decode: Decode<Atom>, place: string): ReadonlySet<Atom> {
  if (!isJsonArray(json) || json[0] !== 'set') return new Set([decode(json)]);
  const elements = elementsOf(json, place);
  if (elements.length > sharingSize) return PersistentSet.of(elements.map(decode));
  const set = new Set<Atom>();
  for (const element of elements) set.add(decode(element));
  return set;
}

function decodeMap(
  json: Json,
  decodeKey: Decode<Atom>,
  decodeItem: Decode<Atom>,
  place: string,
): ReadonlyMap<Atom, Atom> {
  if (!isJsonArray(json) || json[0] !== 'map') throw decodeFault(place, json, 'a map');
  const map = new Map<Atom, Atom>();
  for (const pair of elementsOf(json, place)) {
    if (!isJsonArray(pair) || pair.length !== 2) throw decodeFault(place, pair, 'a pair');
    const [key, item] = pair;
    if (key === undefined || item === undefined) throw decodeFault(place, pair, 'a pair');
    map.set(decodeKey(key), decodeItem(item));
  }
  return map.size > sharingSize ? PersistentMap.of(map) : map;
}

function elementsOf(json: readonly Json[], place: string): readonly Json[] {
  const elements = json[1];
  if (json.length === 2 && isJsonArray(elements)) return elements;
  throw decodeFault(place, json, 'a list of elements');
}

function atomDecoderOf(base: BaseType, place: string): Decode<Atom> {
  if (base.kind === 'uuid') return (json) => decodeReference(json, place);
  const expected = base.kind === 'integer' || base.kind === 'real' ? 'number' : base.kind;
  return (json) => {
    const atom = json;
    if (typeof atom === expected && isAtom(atom)) return atom;
    throw decodeFault(place, json, `a value of type ${base.kind}`);
  };
}

function isAtom(json: Json): json is Atom {
  return typeof json !== 'object';
}

function decodeReference(json: Json, place: string): Atom {
  if (isJsonArray(json) && json[0] === 'uuid') {
    const text = json[1];
    if (typeof text === 'string' && text.length === zeroUuid.length) return text;
  }
  throw decodeFault(place, json, 'a UUID');
}

function decodeFault(place: string, json: Json, expected: string): OvsdbFault {
  const text = JSON.stringify(json);
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new OvsdbFault('protocol-error', `${place}: expected ${expected}, got ${shown}`, {
    retry: 'backoff',
  });
}
