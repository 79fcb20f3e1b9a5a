import { expect, test } from 'vitest';
import { askForPart } from './part.ts';

test('a part of a lab is had by one at a time, and by the next one once that lets go of it', async () => {
  const first = await askForPart('/labs/blue', 'nodes');
  const second = await askForPart('/labs/blue', 'nodes');
  expect([first.isTaken(), second.isTaken()]).toEqual([true, false]);
  await using other = await askForPart('/labs/blue', 'nodes of another');
  await using elsewhere = await askForPart('/labs/red', 'nodes');
  expect([other.isTaken(), elsewhere.isTaken()]).toEqual([true, true]);
  first.letGo();
  await expect.poll(() => second.isTaken()).toBe(true);
  expect(first.isTaken()).toBe(false);
  await second[Symbol.asyncDispose]();
  await expect.poll(() => first.isTaken()).toBe(true);
  await first[Symbol.asyncDispose]();
});
