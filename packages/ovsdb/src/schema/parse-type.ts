import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../value/json.ts';
import { compareAtoms } from '../value/order.ts';
import type { Atom } from '../value/value.ts';
import type { BaseType, Cardinality, ColumnType } from './column-type.ts';
import { schemaFault } from './schema-fault.ts';

const kinds = ['integer', 'real', 'boolean', 'string', 'uuid'] as const;

/** Reads a `<type>` and sorts it by the shape of its values (RFC 7047 section 3.2). Throws `OvsdbFault` `bad-schema`. */
export function parseColumnType(json: Json | undefined, place: string): ColumnType {
  if (typeof json === 'string') return { kind: 'atom', key: parseBaseType(json, place) };
  if (!isJsonObject(json)) throw schemaFault(place, 'the type is missing');
  const key = parseBaseType(json['key'], place);
  const { min, max } = parseCardinality(json, place);
  if (json['value'] !== undefined) {
    return { kind: 'map', key, value: parseBaseType(json['value'], place), min, max };
  }
  if (max !== 1) return { kind: 'set', key, min, max };
  return { kind: min === 1 ? 'atom' : 'optional', key };
}

function parseCardinality(json: JsonObject, place: string): Cardinality {
  const min = json['min'] ?? 1;
  const max = json['max'] ?? 1;
  if (min !== 0 && min !== 1) throw schemaFault(place, 'min is neither 0 nor 1');
  if (max === 'unlimited') return { min, max };
  if (typeof max !== 'number' || !Number.isInteger(max) || max < 1) {
    throw schemaFault(place, 'max is neither a positive integer nor "unlimited"');
  }
  return { min, max };
}

function parseBaseType(json: Json | undefined, place: string): BaseType {
  if (!isJsonObject(json)) return { kind: parseKind(json, place) };
  const kind = parseKind(json['type'], place);
  const allowed = json['enum'];
  const { refTable, refType } = json;
  return {
    kind,
    ...(allowed === undefined ? {} : { enum: parseEnum(allowed, place) }),
    ...numberMembers(json),
    ...(typeof refTable === 'string' ? { refTable, refType: refType === 'weak' ? 'weak' : 'strong' } : {}),
  };
}

function parseKind(json: Json | undefined, place: string): BaseType['kind'] {
  const kind = kinds.find((known) => known === json);
  if (kind !== undefined) return kind;
  throw schemaFault(place, `${JSON.stringify(json)} is not an atomic type`);
}

const numberNames = ['minInteger', 'maxInteger', 'minReal', 'maxReal', 'minLength', 'maxLength'] as const;

function numberMembers(json: JsonObject): Partial<Record<(typeof numberNames)[number], number>> {
  const members: Partial<Record<(typeof numberNames)[number], number>> = {};
  for (const name of numberNames) {
    const value = json[name];
    if (typeof value === 'number') members[name] = value;
  }
  return members;
}

/** An `<enum>` is a set in the wire notation, or one atom alone. */
function parseEnum(json: Json, place: string): readonly Atom[] {
  const elements = isJsonArray(json) && json[0] === 'set' && isJsonArray(json[1]) ? json[1] : [json];
  return elements
    .map((element) => {
      if (typeof element === 'string' || typeof element === 'number' || typeof element === 'boolean')
        return element;
      throw schemaFault(place, 'an enum value is not an atom');
    })
    .sort(compareAtoms);
}
