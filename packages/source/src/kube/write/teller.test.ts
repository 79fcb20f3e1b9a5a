import type { Notice } from '@berth/core';
import { expect, test } from 'vitest';
import { Teller } from './teller.ts';

function notice(name: string, message: string): Notice {
  return {
    object: { kind: 'Pod', namespace: 'default', name },
    type: 'Warning',
    reason: 'AddressTaken',
    message,
  };
}

test('each thing is told once while it is so, anew when it comes back or changes, and before its event expires', () => {
  let nowMs = 0;
  const teller = new Teller(() => nowMs);
  const [a, b, other] = [notice('a', 'taken'), notice('b', 'taken'), notice('a', 'taken by c')];
  expect(teller.take([a, b, a])).toEqual([a, b]);
  expect(teller.take([a, b])).toEqual([]);
  expect(teller.take([other, b])).toEqual([other]);
  expect(teller.take([a, b])).toEqual([a]);
  nowMs = 50 * 60_000;
  expect(teller.take([a, b])).toEqual([a, b]);
  expect(teller.take([a, b])).toEqual([]);
});
