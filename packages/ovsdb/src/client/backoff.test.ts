import { expect, test } from 'vitest';
import { backoffDelayMs } from './backoff.ts';

const options = { minDelayMs: 100, maxDelayMs: 800 };

test('pauses double up to the limit', () => {
  const longest = [0, 1, 2, 3, 4, 1_000].map((attempt) => backoffDelayMs(options, attempt, 1));
  expect(longest).toEqual([100, 200, 400, 800, 800, 800]);
});

test('chance takes away up to half', () => {
  expect([0, 0.5, 1].map((random) => backoffDelayMs(options, 2, random))).toEqual([200, 300, 400]);
});
