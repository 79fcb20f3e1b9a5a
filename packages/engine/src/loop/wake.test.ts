import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Wake } from './wake.ts';

const long = 2 ** 30;

/** Whether a promise is settled by the time everything that is ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  return settled;
}

test('a change is kept until it is waited for, and cleared', async () => {
  const wake = new Wake(new AbortController().signal);
  wake.up();
  expect(await wake.next()).toBe(true);
  wake.clear();
  const next = wake.next();
  expect(await isSettled(next)).toBe(false);
  wake.up();
  expect(await next).toBe(true);
});

test('a change does not end a pause, but now does, and counts as a change', async () => {
  const stop = new AbortController();
  const wake = new Wake(stop.signal);
  const pause = wake.pause(long);
  wake.up();
  expect(await isSettled(pause)).toBe(false);
  wake.clear();
  wake.now();
  expect(await isSettled(pause)).toBe(true);
  expect(await wake.next()).toBe(true);
});

test('the signal ends a pause and the waiting', async () => {
  const stop = new AbortController();
  const wake = new Wake(stop.signal);
  const [pause, next] = [wake.pause(long), wake.next()];
  stop.abort();
  await pause;
  expect(await next).toBe(false);
});

describe('quiet', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** When, in ms, a wake with changes at these times comes to rest. */
  async function restOf(changes: readonly number[], hurry?: number): Promise<number> {
    const wake = new Wake(new AbortController().signal);
    wake.up();
    for (const ms of changes) setTimeout(() => wake.up(), ms);
    if (hurry !== undefined) setTimeout(() => wake.hurry(), hurry);
    const startMs = performance.now();
    const rest = wake.quiet(10, 30).then(() => performance.now() - startMs);
    await vi.advanceTimersByTimeAsync(1_000);
    return rest;
  }

  test.each([
    ['comes soon for a change that is alone', [], 10],
    ['waits for what comes right after, and for as long after that', [4], 14],
    ['is not waited for in a burst for longer than the most', [5, 12, 19, 26, 33, 40], 30],
  ])('%s', async (_, changes, expected) => {
    expect(await restOf(changes)).toBe(expected);
  });

  test('ends at once when there is a hurry', async () => {
    expect(await restOf([3], 12)).toBe(12);
  });

  test('has nothing to wait for where there was a hurry, or where the change is long ago, until that is looked at', async () => {
    const wake = new Wake(new AbortController().signal);
    const rests: number[] = [];
    const rest = async (): Promise<void> => {
      const startMs = performance.now();
      await wake.quiet(10, 30);
      rests.push(performance.now() - startMs);
    };
    wake.hurry();
    await rest();
    wake.up();
    await vi.advanceTimersByTimeAsync(10);
    wake.clear();
    await rest();
    wake.up();
    void rest();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rests).toEqual([0, 0, 10]);
  });

  test('a hurry ends no pause', async () => {
    const wake = new Wake(new AbortController().signal);
    let isOver = false;
    void wake.pause(100).then(() => {
      isOver = true;
    });
    wake.hurry();
    await vi.advanceTimersByTimeAsync(99);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  });
});
