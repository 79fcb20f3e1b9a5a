import { describe, expect, test } from 'vitest';
import type { ColumnType } from '../schema/column-type.ts';
import { applyDifference, changedColumns, differenceOf, mapChange, setChange } from './difference.ts';
import { PersistentSet } from './persistent-set.ts';
import type { Value } from './value.ts';

const atom: ColumnType = { kind: 'atom', key: { kind: 'string' } };
const optional: ColumnType = { kind: 'optional', key: { kind: 'string' } };
const set: ColumnType = { kind: 'set', key: { kind: 'string' }, min: 0, max: 'unlimited' };
const map: ColumnType = {
  kind: 'map',
  key: { kind: 'string' },
  value: { kind: 'string' },
  min: 0,
  max: 'unlimited',
};
const singleMap: ColumnType = { ...map, max: 1 };

type Case = readonly [what: string, type: ColumnType, before: Value, difference: Value, after: Value];

const of = (...atoms: string[]) => new Set(atoms);
const pairs = (object: Record<string, string>) => new Map(Object.entries(object));

/** ovsdb-server(7), `<row-update2>`, case by case. */
const cases: readonly Case[] = [
  ['an atom is replaced', atom, 'a', 'b', 'b'],
  ['an atom becomes empty text', atom, 'a', '', ''],
  ['an optional is given', optional, undefined, 'a', 'a'],
  ['an optional is replaced', optional, 'a', 'b', 'b'],
  ['an optional is taken away', optional, 'a', undefined, undefined],
  ['a set gains', set, of('a'), of('b'), of('a', 'b')],
  ['an empty set gains', set, of(), of('a', 'b'), of('a', 'b')],
  ['a set loses', set, of('a', 'b'), of('b'), of('a')],
  ['a set loses its last', set, of('a'), of('a'), of()],
  ['a set gains and loses at once', set, of('a', 'b'), of('b', 'c'), of('a', 'c')],
  ['a set is changed by nothing', set, of('a'), of(), of('a')],
  ['a map gains', map, pairs({ a: '1' }), pairs({ b: '2' }), pairs({ a: '1', b: '2' })],
  ['a map loses', map, pairs({ a: '1', b: '2' }), pairs({ b: '2' }), pairs({ a: '1' })],
  ['a map has a key set to another value', map, pairs({ a: '1' }), pairs({ a: '2' }), pairs({ a: '2' })],
  [
    'a map gains, loses and changes at once',
    map,
    pairs({ a: '1', b: '2', c: '3' }),
    pairs({ a: '1', b: '5', d: '4' }),
    pairs({ b: '5', c: '3', d: '4' }),
  ],
  ['a map is changed by nothing', map, pairs({ a: '1' }), pairs({}), pairs({ a: '1' })],
  [
    'a map of at most one pair is replaced',
    singleMap,
    pairs({ a: '1' }),
    pairs({ b: '2' }),
    pairs({ b: '2' }),
  ],
  ['a map of at most one pair is emptied', singleMap, pairs({ a: '1' }), pairs({}), pairs({})],
];

describe.each(cases)('%s', (_what, type, before, difference, after) => {
  test('applied', () => {
    expect(applyDifference(type, before, difference)).toEqual(after);
  });

  test('found', () => {
    expect(differenceOf(type, before, after)).toEqual(difference);
  });
});

test('a set that outgrows a plain copy shares its structure from then on', () => {
  const many = Array.from({ length: 32 }, (_, index) => `m${index}`);
  const grown = applyDifference(set, of(...many), of('a', 'b'));
  expect(grown).toBeInstanceOf(PersistentSet);
  expect(applyDifference(set, grown, of('a', 'b'))).toEqual(PersistentSet.of(many));
});

test('setChange and mapChange say what to insert and delete', () => {
  expect(setChange(of('a', 'b'), of('b', 'c'))).toEqual({ added: ['c'], removed: ['a'] });
  expect(setChange(PersistentSet.of(['a', 'b']), PersistentSet.of(['b', 'c']))).toEqual({
    added: ['c'],
    removed: ['a'],
  });
  expect(mapChange(pairs({ a: '1', b: '2', c: '3' }), pairs({ a: '1', b: '5', d: '4' }))).toEqual({
    set: pairs({ b: '5', d: '4' }),
    removed: ['c'],
  });
});

test('changedColumns keeps the columns that differ', () => {
  const before = { a: '1', b: of('x', 'y'), c: undefined, d: 'same' };
  const after = { a: '2', b: of('y', 'x'), c: 'now', d: 'same', e: 'new' };
  expect(changedColumns(before, after)).toEqual({ a: '2', c: 'now', e: 'new' });
});
