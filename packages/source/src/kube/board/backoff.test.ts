import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('refuses with what failed until the pause is over, and each pause is longer up to the longest', () => {
  const backoff = new Backoff(200, 1_000);
  const fault = new Error('away');
  expect(() => backoff.refuse(0)).not.toThrow();
  for (const [place, longestMs] of [200, 400, 800, 1_000, 1_000].entries()) {
    const nowMs = place * 10_000;
    backoff.failed(fault, nowMs);
    expect(() => backoff.refuse(nowMs + longestMs / 2 - 1)).toThrow(fault);
    expect(() => backoff.refuse(nowMs + longestMs)).not.toThrow();
  }
  expect(backoff.isFailing).toBe(true);
});

test('waits as long as the other side asks, and not at all once something succeeded', () => {
  const backoff = new Backoff(200, 1_000);
  backoff.failed(new Error('busy'), 0, 7_000);
  expect(() => backoff.refuse(6_999)).toThrow('busy');
  backoff.succeeded();
  expect(backoff.isFailing).toBe(false);
  expect(() => backoff.refuse(0)).not.toThrow();
});
