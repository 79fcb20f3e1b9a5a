import type { Effect } from './fate.ts';

/** Sums of effects by pair of elements, in either order. */
export type PairTotals = {
  add(first: number, second: number, effect: Effect, times: number): void;
  /** The sum of a pair, beyond what each of its two elements does. */
  addedTo(one: Effect, other: Effect, first: number, second: number): Effect;
};

/** Up to so many elements every pair has its place in memory, which is 12 bytes each; beyond, only those that count. */
const denseLimit = 1500;

export function pairTotals(elements: number): PairTotals {
  return elements <= denseLimit ? densePairs(elements) : sparsePairs(elements);
}

function densePairs(elements: number): PairTotals {
  const sums = new Int32Array(elements * elements * 3);
  const placeOf = (first: number, second: number): number =>
    (first < second ? first * elements + second : second * elements + first) * 3;
  return {
    add: (first, second, { lost, moved, unknown }, times) => {
      const place = placeOf(first, second);
      sums[place] = (sums[place] ?? 0) + lost * times;
      sums[place + 1] = (sums[place + 1] ?? 0) + moved * times;
      sums[place + 2] = (sums[place + 2] ?? 0) + unknown * times;
    },
    addedTo: (one, other, first, second) => {
      const place = placeOf(first, second);
      return {
        lost: one.lost + other.lost + (sums[place] ?? 0),
        moved: one.moved + other.moved + (sums[place + 1] ?? 0),
        unknown: one.unknown + other.unknown + (sums[place + 2] ?? 0),
      };
    },
  };
}

function sparsePairs(elements: number): PairTotals {
  const none: Effect = { lost: 0, moved: 0, unknown: 0 };
  const sums = new Map<number, Effect>();
  const keyOf = (first: number, second: number): number =>
    first < second ? first * elements + second : second * elements + first;
  return {
    add: (first, second, { lost, moved, unknown }, times) => {
      const key = keyOf(first, second);
      const before = sums.get(key) ?? none;
      sums.set(key, {
        lost: before.lost + lost * times,
        moved: before.moved + moved * times,
        unknown: before.unknown + unknown * times,
      });
    },
    addedTo: (one, other, first, second) => {
      const { lost, moved, unknown } = sums.get(keyOf(first, second)) ?? none;
      return {
        lost: one.lost + other.lost + lost,
        moved: one.moved + other.moved + moved,
        unknown: one.unknown + other.unknown + unknown,
      };
    },
  };
}
