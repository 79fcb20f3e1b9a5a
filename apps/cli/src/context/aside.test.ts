import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asideOn, awaitedBy, awaiting, sayAside, withAside } from './aside.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function stage() {
  const lines: string[] = [];
  const interruption = new AbortController();
  const aside = asideOn((text) => void lines.push(text), interruption.signal);
  return { lines, interruption, aside };
}

test('a line is said once, and nowhere outside of a command', async () => {
  const { lines, aside } = stage();
  sayAside('nobody hears this');
  await withAside(aside, async () => {
    sayAside('one');
    sayAside('one');
    sayAside('two');
  });
  expect(lines).toEqual(['one\n', 'two\n']);
});

test('who answers in time is not told of, and who does not is told of once, whoever asks', async () => {
  const { lines, aside } = stage();
  const { promise, resolve } = Promise.withResolvers<number>();
  const both = withAside(aside, async () => {
    await awaiting('a quick one', Promise.resolve());
    return await Promise.all([awaiting('the server', promise), awaiting('the server', promise)]);
  });
  await vi.advanceTimersByTimeAsync(1_900);
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(lines).toEqual(['waiting for the server\n']);
  expect(awaitedBy(aside)).toBe('the server');
  resolve(7);
  expect(await both).toEqual([7, 7]);
  expect(awaitedBy(aside)).toBeUndefined();
});

test('who was told to end waits no longer for one that does not answer', async () => {
  const { aside, interruption } = stage();
  const never = new Promise<never>(() => undefined);
  const waiting = withAside(aside, () => Promise.all([awaiting('NB', never), awaiting('SB', never)]));
  expect(awaitedBy(aside)).toBe('NB and SB');
  interruption.abort(new Error('told to end'));
  await expect(waiting).rejects.toThrow('told to end');
  await expect(withAside(aside, () => awaiting('more', never))).rejects.toThrow('told to end');
});

test('a fault of the peer is its own', async () => {
  const { aside } = stage();
  const failing = withAside(aside, () => awaiting('NB', Promise.reject(new Error('refused'))));
  await expect(failing).rejects.toThrow('refused');
  expect(awaitedBy(aside)).toBeUndefined();
});
