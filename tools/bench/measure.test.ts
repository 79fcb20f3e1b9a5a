import { expect, test } from 'vitest';
import { summarise, time } from './measure.ts';

test('smallest, middle and largest', () => {
  expect(summarise([3, 1, 2])).toEqual({ minimumMs: 1, medianMs: 2, maximumMs: 3 });
  expect(summarise([4])).toEqual({ minimumMs: 4, medianMs: 4, maximumMs: 4 });
});

test('one run to warm up, then the repeats', async () => {
  let runs = 0;
  const run = (): void => {
    runs += 1;
  };
  await time({ name: 'x', repeats: 3, run });
  expect(runs).toBe(4);
});
