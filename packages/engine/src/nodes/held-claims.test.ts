import { expect, test } from 'vitest';
import { followClaims, type HeldClaim, nextHoldMs } from './held-claims.ts';

type Moment = readonly [atMs: number, claims: Readonly<Record<string, string>>];

/** What counts after each moment, with a hold of 3 s. */
function play(...moments: readonly Moment[]) {
  let state: ReadonlyMap<string, HeldClaim> = new Map();
  return moments.map(([atMs, claims]) => {
    state = followClaims(state, new Map(Object.entries(claims)), atMs, 3_000);
    return { held: state.get('p')?.held, dueMs: nextHoldMs(state, 3_000) };
  });
}

test('the first claim counts at once, another one when it has held', () => {
  expect(play([0, { p: 'a' }], [1_000, { p: 'b' }], [3_999, { p: 'b' }], [4_000, { p: 'b' }])).toEqual([
    { held: 'a', dueMs: 3_000 },
    { held: 'a', dueMs: 4_000 },
    { held: 'a', dueMs: 4_000 },
    { held: 'b', dueMs: undefined },
  ]);
});

test('one that flaps counts for nothing, however long it goes on', () => {
  const flaps = Array.from({ length: 20 }, (_, step): Moment => [step * 2_000, { p: step % 2 ? 'b' : 'a' }]);
  expect(new Set(play(...flaps).map(({ held }) => held))).toEqual(new Set(['a']));
});

test('while nobody claims it the last one counts, and the time of the next starts anew', () => {
  expect(play([0, { p: 'a' }], [1_000, {}], [9_000, { p: 'b' }], [12_000, { p: 'b' }])).toEqual([
    { held: 'a', dueMs: 3_000 },
    { held: 'a', dueMs: undefined },
    { held: 'a', dueMs: 12_000 },
    { held: 'b', dueMs: undefined },
  ]);
});

test('a claim has settled once it has stood, the first one too, and starts anew with every change', () => {
  let state: ReadonlyMap<string, HeldClaim> = new Map();
  const settled = (atMs: number, ...claims: readonly (readonly [string, string])[]) => {
    state = followClaims(state, new Map(claims), atMs, 3_000);
    return state.get('p')?.isSettled;
  };
  expect(settled(0, ['p', 'a'])).toBe(false);
  expect(settled(2_999, ['p', 'a'])).toBe(false);
  expect(settled(3_000, ['p', 'a'])).toBe(true);
  expect(settled(4_000)).toBe(false);
  expect(settled(5_000, ['p', 'a'])).toBe(false);
  expect(settled(8_000, ['p', 'a'])).toBe(true);
  expect(settled(9_000, ['p', 'b'])).toBe(false);
});
