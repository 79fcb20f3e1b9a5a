import type { Change, Plan } from '@berth/core';
import type { Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { doneText } from './adopt-text.ts';

const uuid = '00000000-0000-4000-8000-000000000001' as Uuid;

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
  [
    'adopt',
    { ...planOf('adopt'), left: [{ db: 'NB', table: 'NAT', uuid }] },
    0,
    'Done: 1 row taken over, 1 row left as found.\n',
  ],
] as const)('what adopt --yes did is one line: %s', (way, plan, keeping, line) => {
  expect(doneText(way, plan, keeping)).toBe(line);
});
