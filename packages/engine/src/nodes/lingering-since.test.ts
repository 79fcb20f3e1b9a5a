import { expect, test } from 'vitest';
import { followLingering, newerThan } from './lingering-since.ts';

test('what was there at the first look counts at once, and what comes later after its time', () => {
  const first = followLingering(undefined, ['a'], 0);
  expect([...newerThan(first, 3_000, 0)]).toEqual([]);
  const later = followLingering(first, ['a', 'b'], 1_000);
  expect([...newerThan(later, 3_000, 1_000)]).toEqual(['b']);
  expect([...newerThan(followLingering(later, ['a', 'b'], 4_000), 3_000, 4_000)]).toEqual([]);
});

test('what was gone meanwhile is new again', () => {
  const known = followLingering(followLingering(new Map(), ['a'], 0), [], 5_000);
  expect([...newerThan(followLingering(known, ['a'], 6_000), 3_000, 6_000)]).toEqual(['a']);
});
