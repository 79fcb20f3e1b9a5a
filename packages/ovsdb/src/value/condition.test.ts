import { expect, test } from 'vitest';
import { meetsAll, meetsAny } from './condition.ts';
import type { Condition } from './operation.ts';
import { zeroUuid } from './uuid.ts';

const row = {
  _uuid: zeroUuid,
  name: 'n',
  level: 3,
  none: undefined,
  tags: new Set(['a', 'b']),
  options: new Map([['k', 'v']]),
};

const met: readonly Condition[] = [
  ['name', '==', 'n'],
  ['name', '!=', 'm'],
  ['level', '<', 4],
  ['level', '>=', 3],
  ['none', '==', undefined],
  ['none', '!=', 1],
  ['none', 'includes', undefined],
  ['none', 'excludes', 1],
  ['tags', '==', new Set(['b', 'a'])],
  ['tags', 'includes', new Set(['a'])],
  ['tags', 'excludes', new Set(['c'])],
  ['options', 'includes', new Map([['k', 'v']])],
  ['options', 'excludes', new Map([['k', 'w']])],
];
const unmet: readonly Condition[] = [
  ['name', '==', 'm'],
  ['level', '>', 3],
  ['none', '<', 1],
  ['none', '>=', 0],
  ['none', 'includes', 1],
  ['tags', '==', new Set(['a'])],
  ['tags', 'includes', new Set(['a', 'c'])],
  ['tags', 'excludes', new Set(['a', 'c'])],
  ['options', '==', new Map()],
  ['options', 'includes', new Map([['k', 'w']])],
];

test.each(met)('%s %s %s holds', (...condition) => {
  expect(meetsAll(row, [condition])).toBe(true);
});
test.each(unmet)('%s %s %s does not hold', (...condition) => {
  expect(meetsAll(row, [condition])).toBe(false);
});

test('all, or any', () => {
  const [yes, no] = [met[0], unmet[0]];
  if (!yes || !no) throw new Error('no conditions');
  expect([meetsAll(row, [yes, no]), meetsAny(row, [yes, no]), meetsAny(row, [no])]).toEqual([
    false,
    true,
    false,
  ]);
  expect([meetsAll(row, []), meetsAny(row, [])]).toEqual([true, true]);
});
