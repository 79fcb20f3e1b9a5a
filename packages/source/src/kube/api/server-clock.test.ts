import { describe, expect, test } from 'vitest';
import { ServerClock } from './server-clock.ts';

const noonMs = Date.parse('2026-01-01T12:00:00Z');
const date = (ms: number): string => new Date(ms).toUTCString();

/** What is known after answers, each with the server's time, when it was asked for, and how long it took, in ms from noon. */
function after(...answers: readonly (readonly [server: number, asked: number, took: number])[]): number {
  const clock = new ServerClock();
  for (const [server, asked, took] of answers)
    clock.heard(date(noonMs + server), noonMs + asked, noonMs + asked + took);
  return clock.aheadMs;
}

describe('a clock of a server', () => {
  test('is ours while nothing else is known, or it is nearly right', () => {
    expect(after()).toBe(0);
    expect(after([4_000, 0, 10], [-4_000, 0, 10])).toBe(0);
    const clock = new ServerClock();
    clock.heard(undefined, noonMs, noonMs);
    clock.heard('soon', noonMs, noonMs);
    expect(clock.aheadMs).toBe(0);
  });

  test('that is far off is known to the second, and does not jump with an answer that is slow or from the end of a second', () => {
    expect(after([3_600_000, 0, 10])).toBe(3_600_495);
    expect(after([-3_600_000, 0, 10])).toBe(-3_599_505);
    expect(after([3_600_000, 0, 10], [3_607_000, 7_400, 10], [3_610_000, 9_000, 2_000])).toBe(3_600_495);
  });

  test('that is set right is right again', () => {
    expect(after([3_600_000, 0, 10], [10_000, 10_000, 10])).toBe(0);
  });
});
