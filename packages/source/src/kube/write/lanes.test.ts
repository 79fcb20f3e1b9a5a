import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLanes, lanesAfter, mostLanes } from './lanes.ts';

test('a server with room for one call at a time gets one at a time after four refusals, and is tried again with more', () => {
  const lanes = [mostLanes];
  for (const isRefused of [true, true, true, true, true, false, false, true])
    lanes.push(lanesAfter(lanes.at(-1) ?? 0, isRefused));
  expect(lanes).toEqual([16, 8, 4, 2, 1, 1, 2, 3, 2]);
  expect(lanesAfter(mostLanes, false)).toBe(mostLanes);
});

test.each([1, 3])('all items are worked on, %i at a time', async (lanes) => {
  const done: number[] = [];
  let [now, most] = [0, 0];
  await inLanes([1, 2, 3, 4, 5], lanes, async (item) => {
    now += 1;
    most = Math.max(most, now);
    await turn();
    done.push(item);
    now -= 1;
  });
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(lanes);
});
