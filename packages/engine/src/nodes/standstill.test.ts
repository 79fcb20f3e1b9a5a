import { expect, test } from 'vitest';
import { followStandstill, type Standing, stuckFor } from './standstill.ts';

const at = (behind: Readonly<Record<string, number>>, reported: readonly string[] = []): Standing => ({
  behind: new Map(Object.entries(behind)),
  reported: new Set(reported),
  done: new Map(Object.entries(behind)),
  running: new Set(),
  lastSaid: new Set(),
  stuck: new Set(),
  learned: undefined,
});

/** Who is stuck after 3 s, as things were at each time. */
function stuckAfter(...moments: readonly (readonly [number, Standing])[]): readonly string[] {
  let standing: ReturnType<typeof followStandstill> = new Map();
  for (const [ms, now] of moments) standing = followStandstill(standing, now, ms);
  return [...stuckFor(standing, 3_000, moments.at(-1)?.[0] ?? 0)];
}

test('a chassis that is behind counts once it has been for a while', () => {
  expect(stuckAfter([0, at({ G: 4 })], [2_999, at({ G: 4 })])).toEqual([]);
  expect(stuckAfter([0, at({ G: 4 })], [3_000, at({ G: 4 })])).toEqual(['G']);
});

test('one that gets on is only slow', () => {
  expect(stuckAfter([0, at({ G: 4 })], [2_000, at({ G: 5 })], [4_000, at({ G: 5 })])).toEqual([]);
});

test('one that has caught up begins anew', () => {
  expect(
    stuckAfter([0, at({ G: 4 })], [2_000, at({})], [3_000, at({ G: 4 })], [5_000, at({ G: 4 })]),
  ).toEqual([]);
});

test('one that is slow by its agent counts once that says that it hangs, for as long as it got nowhere', () => {
  const slow = { ...at({ G: 4 }), running: new Set(['G']) };
  const hangs = at({ G: 4 }, ['G']);
  expect(stuckAfter([0, slow], [5_000, slow])).toEqual([]);
  expect(stuckAfter([0, slow], [2_900, hangs])).toEqual([]);
  expect(stuckAfter([0, slow], [2_500, hangs], [3_000, hangs])).toEqual(['G']);
  const further = { ...at({ G: 5 }), running: new Set(['G']) };
  expect(stuckAfter([0, slow], [2_000, further], [3_000, at({ G: 5 }, ['G'])])).toEqual([]);
  // With its agent silent rows alone tell, from then on.
  expect(stuckAfter([0, slow], [2_500, at({ G: 4 })], [5_400, at({ G: 4 })])).toEqual([]);
  expect(stuckAfter([0, slow], [2_500, at({ G: 4 })], [5_500, at({ G: 4 })])).toEqual(['G']);
});

test('the last word of an agent that is silent keeps what counts, and makes nothing count', () => {
  const late = (stuck: readonly string[], behind = {}): Standing => ({
    ...at(behind),
    ...{ lastSaid: new Set(['G']), stuck: new Set(stuck) },
  });
  expect(stuckAfter([0, at({}, ['G'])], [3_000, at({}, ['G'])], [6_000, late(['G'])])).toEqual(['G']);
  expect(stuckAfter([0, at({}, ['G'])], [2_000, late([])], [6_000, late([])])).toEqual([]);
  expect(stuckAfter([0, at({}, ['G'])], [2_000, late([])], [6_000, at({}, ['G'])])).toEqual(['G']);
  const behind = late([], { G: 4 });
  expect(stuckAfter([0, at({}, ['G'])], [2_000, late([])], [6_000, behind])).toEqual([]);
  expect(stuckAfter([0, at({}, ['G'])], [2_000, late([])], [6_000, behind], [9_000, behind])).toEqual(['G']);
});

test('one whose agent says so stands still from then on, whether it is behind or not', () => {
  expect(stuckAfter([0, at({}, ['G'])], [3_000, at({ G: 4 }, ['G'])])).toEqual(['G']);
});
