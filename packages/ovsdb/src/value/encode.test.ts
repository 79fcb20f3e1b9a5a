import { expect, test } from 'vitest';
import type { ColumnType } from '../schema/column-type.ts';
import { encodeLoosely, encodeValue } from './encode.ts';
import { OvsdbFault } from './fault.ts';
import type { Json } from './json.ts';
import type { Value } from './value.ts';

const uuid = '11111111-2222-5333-8444-555555555555';
const text: ColumnType = { kind: 'atom', key: { kind: 'string' } };
const integer: ColumnType = { kind: 'atom', key: { kind: 'integer' } };
const real: ColumnType = { kind: 'atom', key: { kind: 'real' } };
const truth: ColumnType = { kind: 'atom', key: { kind: 'boolean' } };
const optional: ColumnType = { kind: 'optional', key: { kind: 'string' } };
const references: ColumnType = { kind: 'set', key: { kind: 'uuid' }, min: 0, max: 'unlimited' };
const numbers: ColumnType = { kind: 'set', key: { kind: 'integer' }, min: 0, max: 'unlimited' };
const map: ColumnType = {
  kind: 'map',
  key: { kind: 'string' },
  value: { kind: 'uuid' },
  min: 0,
  max: 'unlimited',
};

const notations: readonly (readonly [ColumnType, Value, Json])[] = [
  [text, 'a', 'a'],
  [integer, 7, 7],
  [real, 0.5, 0.5],
  [truth, false, false],
  [optional, undefined, ['set', []]],
  [optional, 'a', 'a'],
  [references, new Set(), ['set', []]],
  [references, new Set([uuid]), ['uuid', uuid]],
  [
    references,
    new Set(['new_row', uuid]),
    [
      'set',
      [
        ['uuid', uuid],
        ['named-uuid', 'new_row'],
      ],
    ],
  ],
  [numbers, new Set([10, 9, -1]), ['set', [-1, 9, 10]]],
  [
    map,
    new Map([
      ['b', 'row'],
      ['a', uuid],
    ]),
    [
      'map',
      [
        ['a', ['uuid', uuid]],
        ['b', ['named-uuid', 'row']],
      ],
    ],
  ],
];

test.each(notations)('%j %j is written %j', (type, value, json) => {
  expect(encodeValue(type, value, 'T.c')).toEqual(json);
});

const misfits: readonly (readonly [ColumnType, Value, string])[] = [
  [text, undefined, 'T.c: no value given for a column of exactly one value'],
  [text, new Set(['a']), 'T.c: a set given for a column of exactly one value'],
  [optional, new Map(), 'T.c: a map given for a column of at most one value'],
  [references, uuid, 'T.c: one value given for a set column'],
  [map, new Set(['a']), 'T.c: a set given for a map column'],
  [text, 1, 'T.c: 1 is not of type string'],
  [integer, 1.5, 'T.c: 1.5 is not of type integer'],
  [real, Number.NaN, 'T.c: null is not of type real'],
  [truth, 'true', 'T.c: "true" is not of type boolean'],
  [references, new Set(['no name!']), 'T.c: "no name!" is neither a UUID nor the name of a new row'],
  [references, new Set([uuid.toUpperCase().replaceAll('1', 'A')]), 'neither a UUID'],
];

test.each(misfits)('%j %j is refused', (type, value, message) => {
  const encode = () => encodeValue(type, value, 'T.c');
  expect(encode).toThrow(OvsdbFault);
  expect(encode).toThrow(message);
  expect(encode).toThrow(expect.objectContaining({ code: 'bad-value', retry: 'never' }));
});

test('arguments of conditions and mutations may have another shape than the column', () => {
  expect(encodeLoosely(map, new Set(['b', 'a']), 'T.c')).toEqual(['set', ['a', 'b']]);
  expect(encodeLoosely(numbers, 1, 'T.c')).toBe(1);
  expect(() => encodeLoosely(numbers, new Map(), 'T.c')).toThrow('a map given for a set column');
});
