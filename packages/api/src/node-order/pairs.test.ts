import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AddressPair, pairsIn, pairsText } from './pairs.ts';

test('pairs are lines, and an address that stands for several is alone in its own', () => {
  const pairs: readonly AddressPair[] = [
    ['10.9.101.9', '192.168.0.4'],
    ['10.9.101.10', ''],
    ['fd00:101::9', 'fd00::4'],
  ];
  expect(pairsText(pairs)).toBe('10.9.101.9 192.168.0.4\n10.9.101.10\nfd00:101::9 fd00::4');
  expect(pairsIn(pairsText(pairs))).toEqual(pairs);
});

test('as many come back as were written, none of none', () => {
  const word = fc.stringMatching(/^[0-9a-f.:]{1,8}$/);
  const pairs = fc.array(fc.tuple(word, fc.option(word, { nil: '' })));
  fc.assert(
    fc.property(pairs, (all) => {
      expect(pairsIn(pairsText(all))).toEqual(all);
    }),
  );
});
