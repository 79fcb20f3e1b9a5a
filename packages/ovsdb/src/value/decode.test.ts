import { expect, test } from 'vitest';
import type { ColumnType } from '../schema/column-type.ts';
import { decoderOf } from './decode.ts';
import type { Json } from './json.ts';
import { PersistentMap } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';

const uuid = '11111111-2222-5333-8444-555555555555';
const text: ColumnType = { kind: 'atom', key: { kind: 'string' } };
const integer: ColumnType = { kind: 'atom', key: { kind: 'integer' } };
const optional: ColumnType = { kind: 'optional', key: { kind: 'string' } };
const set: ColumnType = { kind: 'set', key: { kind: 'string' }, min: 0, max: 'unlimited' };
const reference: ColumnType = { kind: 'atom', key: { kind: 'uuid' } };
const map: ColumnType = {
  kind: 'map',
  key: { kind: 'string' },
  value: { kind: 'string' },
  min: 0,
  max: 'unlimited',
};

test('the notations that the server may choose between read the same', () => {
  expect(decoderOf(optional, 'T.c')(['set', []])).toBeUndefined();
  expect(decoderOf(optional, 'T.c')(['set', ['a']])).toBe('a');
  expect(decoderOf(optional, 'T.c')('a')).toBe('a');
  expect(decoderOf(text, 'T.c')(['set', ['a']])).toBe('a');
  expect(decoderOf(set, 'T.c')('a')).toEqual(new Set(['a']));
  expect(decoderOf(set, 'T.c')(['set', ['a']])).toEqual(new Set(['a']));
});

test('large sets and maps come out sharing structure', () => {
  const names = Array.from({ length: 33 }, (_, index) => `n${index}`);
  expect(decoderOf(set, 'T.c')(['set', names])).toEqual(PersistentSet.of(names));
  const pairs = names.map((name) => [name, name] as const);
  expect(decoderOf(map, 'T.c')(['map', pairs])).toEqual(PersistentMap.of(pairs));
});

const nonsense: readonly (readonly [ColumnType, Json, string])[] = [
  [text, 1, 'T.c: expected a value of type string, got 1'],
  [text, null, 'expected a value of type string, got null'],
  [text, ['set', []], 'expected one value'],
  [text, ['set', ['a', 'b']], 'expected at most one value'],
  [integer, '1', 'expected a value of type integer, got "1"'],
  [set, ['set', 'a'], 'expected a list of elements'],
  [set, ['set'], 'expected a list of elements'],
  [set, ['set', [1]], 'expected a value of type string'],
  [set, { a: 1 }, 'expected a value of type string'],
  [reference, uuid, 'expected a UUID'],
  [reference, ['uuid', 'short'], 'expected a UUID, got ["uuid","short"]'],
  [reference, ['named-uuid', 'row'], 'expected a UUID'],
  [map, ['set', []], 'expected a map'],
  [map, ['map', [['a']]], 'expected a pair'],
  [map, ['map', ['a']], 'expected a pair'],
  [map, ['map', [['a', 1]]], 'expected a value of type string'],
];

test.each(nonsense)('%j %j is a protocol error', (type, json, message) => {
  const decode = () => decoderOf(type, 'T.c')(json);
  expect(decode).toThrow(message);
  expect(decode).toThrow(expect.objectContaining({ code: 'protocol-error' }));
});

test('a fault does not repeat a long value', () => {
  expect(() => decoderOf(reference, 'T.c')('x'.repeat(10_000))).toThrow(/^.{0,140}$/);
});
