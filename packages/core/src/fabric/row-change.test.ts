import { changeKey } from '@berth/api';
import { expect, test } from 'vitest';
import { hasCarriedOut, rowChangeOf, rowChangeText } from './row-change.ts';

test.each(['7', '>7', '0'])('%s is read as it was written', (text) => {
  const change = rowChangeOf(new Map([[changeKey, text]]));
  expect(change && rowChangeText(change)).toBe(text);
});

test.each(['', '7a', '-1', '>', '9999999999999999'])('"%s" says nothing', (text) => {
  expect(rowChangeOf(new Map([[changeKey, text]]))).toBeUndefined();
});

test.each<[string, number, boolean | undefined]>([
  ['7', 6, false],
  ['7', 7, true],
  ['7', 8, true],
  ['>7', 6, false],
  ['>7', 7, undefined],
  ['>7', 8, true],
])('a row of %s and a chassis that got to %d', (text, done, has) => {
  const change = rowChangeOf(new Map([[changeKey, text]]));
  expect(change && hasCarriedOut(done, change)).toBe(has);
});
