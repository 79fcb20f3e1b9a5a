import type { Change, Plan } from '@berth/core';
import { expect, test } from 'vitest';
import { doneText } from './adopt-text.ts';

const planOf = (...verbs: readonly Change['verb'][]) =>
  ({ changes: verbs.map((verb) => ({ verb })) }) as unknown as Plan;

test.each([
  [
    'adopt',
    planOf('adopt', 'adopt', 'insert'),
    3,
    'Done: 2 rows taken over, 1 row written, 3 objects keep what was found.\n',
  ],
  [
    'undo',
    planOf('update', 'update', 'delete'),
    2,
    "Done: 2 rows given back, without Berth's marks, 1 row removed.\n",
  ],
  ['lift', planOf('update'), 1, 'Done: 1 object keeps no more, 1 row written.\n'],
  ['undo', planOf(), 0, ''],
] as const)('what adopt --yes did is one line: %s', (way, plan, keeping, line) => {
  expect(doneText(way, plan, keeping)).toBe(line);
});
