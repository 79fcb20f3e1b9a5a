import { expect, test } from 'vitest';
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
