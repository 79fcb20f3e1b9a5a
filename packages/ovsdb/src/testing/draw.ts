/** Chance that can be had again: all that is drawn follows from a seed. */
export type Draw = {
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** At most that many of them, in any order. */
  readonly some: <T>(from: readonly T[], most: number) => readonly T[];
};

/** The same numbers in [0, 1) for the same seed. */
type Random = () => number;

/** What a seed gives. */
export function drawOf(seed: number): Draw {
  return drawFrom(mulberry(seed));
}

function drawFrom(random: Random): Draw {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    chance: (probability) => random() < probability,
    pick: <T>(from: readonly T[]): T => {
      const item = from[below(from.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    some: (from, most) => {
      const wanted = below(most + 1);
      return from
        .map((item) => ({ item, rank: random() }))
        .sort((left, right) => left.rank - right.rank)
        .slice(0, wanted)
        .map(({ item }) => item);
    },
  };
}

/** Mulberry32. */
function mulberry(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
