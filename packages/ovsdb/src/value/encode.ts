import type { BaseType, ColumnType } from '../schema/column-type.ts';
import { isMap, isSet } from './equality.ts';
import { OvsdbFault } from './fault.ts';
import type { Json } from './json.ts';
import { sortedAtoms, sortedPairs } from './order.ts';
import { isUuid } from './uuid.ts';
import type { Atom, Value } from './value.ts';

/**
 * A column's value in wire notation (RFC 7047 section 5.1, `<value>`). Sets and maps come out sorted and a set of one as the bare atom,
 * as the server writes it: equal values give equal text. `place` names the column in faults.
 * Throws `OvsdbFault` `bad-value` when the value's shape or an atom does not fit the type.
 */
export function encodeValue(type: ColumnType, value: Value, place: string): Json {
  if (shapeFits(type, value)) return encodeLoosely(type, value, place);
  throw valueFault(place, `${describe(value)} given for ${describeType[type.kind]}`);
}

/**
 * The argument of a condition or mutation: atoms by the column's type, in any shape (one atom, a set of elements,
 * a set of keys of a map, a map).
 */
export function encodeLoosely(type: ColumnType, value: Value, place: string): Json {
  if (value === undefined) return ['set', []];
  if (isSet(value)) return encodeSet(type.key, value, place);
  if (!isMap(value)) return encodeAtom(type.key, value, place);
  if (type.kind !== 'map') throw valueFault(place, `a map given for ${describeType[type.kind]}`);
  return [
    'map',
    sortedPairs(value).map(([key, item]) => [
      encodeAtom(type.key, key, place),
      encodeAtom(type.value, item, place),
    ]),
  ];
}

function encodeSet(base: BaseType, atoms: ReadonlySet<Atom>, place: string): Json {
  const encoded = sortedAtoms(atoms).map((atom) => encodeAtom(base, atom, place));
  const [first] = encoded;
  return encoded.length === 1 && first !== undefined ? first : ['set', encoded];
}

function encodeAtom(base: BaseType, atom: Atom, place: string): Json {
  switch (base.kind) {
    case 'uuid':
      return encodeReference(atom, place);
    case 'string':
      if (typeof atom === 'string') return atom;
      break;
    case 'boolean':
      if (typeof atom === 'boolean') return atom;
      break;
    case 'integer':
      if (typeof atom === 'number' && Number.isInteger(atom)) return atom;
      break;
    case 'real':
      if (typeof atom === 'number' && Number.isFinite(atom)) return atom;
      break;
  }
  throw valueFault(place, `${JSON.stringify(atom)} is not of type ${base.kind}`);
}

function encodeReference(atom: Atom, place: string): Json {
  if (typeof atom === 'string') {
    if (isUuid(atom)) return ['uuid', atom];
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(atom)) return ['named-uuid', atom];
  }
  throw valueFault(place, `${JSON.stringify(atom)} is neither a UUID nor the name of a new row`);
}

function shapeFits(type: ColumnType, value: Value): boolean {
  switch (type.kind) {
    case 'atom':
      return value !== undefined && !isSet(value) && !isMap(value);
    case 'optional':
      return !isSet(value) && !isMap(value);
    case 'set':
      return isSet(value);
    case 'map':
      return isMap(value);
  }
}

const describeType: Record<ColumnType['kind'], string> = {
  atom: 'a column of exactly one value',
  optional: 'a column of at most one value',
  set: 'a set column',
  map: 'a map column',
};

function describe(value: Value): string {
  if (value === undefined) return 'no value';
  if (isSet(value)) return 'a set';
  return isMap(value) ? 'a map' : 'one value';
}

function valueFault(place: string, problem: string): OvsdbFault {
  return new OvsdbFault('bad-value', `${place}: ${problem}`);
}
