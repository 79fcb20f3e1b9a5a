import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Listeners } from './listeners.ts';

test('all are told in order until they leave', () => {
  const heard: string[] = [];
  const listeners = new Listeners<number>();
  const leave = listeners.add((value) => heard.push(`a${value}`));
  listeners.add((value) => heard.push(`b${value}`));
  listeners.tell(1);
  leave();
  leave();
  listeners.tell(2);
  expect(heard).toEqual(['a1', 'b1', 'b2']);
  expect(listeners.size).toBe(1);
});

test('the same function may listen twice', () => {
  let heard = 0;
  const listeners = new Listeners<number>();
  const listener = () => {
    heard++;
  };
  const leave = listeners.add(listener);
  listeners.add(listener);
  leave();
  listeners.tell(1);
  expect(heard).toBe(1);
});

test('what one throws does not keep the others from hearing, and comes up uncaught', async () => {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = once(process, 'uncaughtException');
  let heard = 0;
  const listeners = new Listeners<number>();
  listeners.add(() => {
    throw new Error('mine');
  });
  listeners.add(() => {
    heard++;
  });
  listeners.tell(1);
  const [error] = await uncaught;
  for (const listener of others) process.on('uncaughtException', listener);
  expect([heard, String(error)]).toEqual([1, 'Error: mine']);
});
