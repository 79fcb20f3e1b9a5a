import type { Obstacle, PartialDrop, Partly, Tried } from '../flow.ts';

/** What NB keeps from a flow beside its addresses and routes: what stops it for sure, and what may take a part of it. */
export type Filtered = {
  readonly obstacle: Obstacle | undefined;
  /** Rows of which it is not worked out whether they take packets of the flow, one sentence each. */
  readonly assumptions: readonly string[];
  /** ACLs that take a part of its packets. */
  readonly drops: readonly PartialDrop[];
  /** What becomes of some packets that anybody would try, where there are such ACLs. */
  readonly tried: readonly Tried[];
};

export const unfiltered: Filtered = { obstacle: undefined, assumptions: [], drops: [], tried: [] };

/** All of it together; of several obstacles the first. */
export function together(...parts: readonly Filtered[]): Filtered {
  const some = parts.filter((part) => part !== unfiltered);
  const [first = unfiltered, ...others] = some;
  if (others.length === 0) return first;
  return {
    obstacle: some.find(({ obstacle }) => obstacle !== undefined)?.obstacle,
    assumptions: [...new Set(some.flatMap(({ assumptions }) => assumptions))],
    drops: distinct(some.flatMap(({ drops }) => drops)),
    tried: [],
  };
}

/** What is stopped by an obstacle, if there is one. */
export function stoppedBy(obstacle: Obstacle | undefined): Filtered {
  return obstacle === undefined ? unfiltered : { ...unfiltered, obstacle };
}

/** What a flow says of it; undefined where nothing takes a part, or something takes all. */
export function partlyOf({ obstacle, drops, tried }: Filtered): Partly | undefined {
  return obstacle !== undefined || drops.length === 0 ? undefined : { drops, tried };
}

/** What takes a part of either. */
export function eitherPartly(left: Partly | undefined, right: Partly | undefined): Partly | undefined {
  if (left === right || right === undefined) return left;
  if (left === undefined) return right;
  return { drops: distinct([...left.drops, ...right.drops]), tried: [] };
}

/** Whether all that was tried passes: what is dropped then is nothing that anybody would miss at once. */
export function triesPass({ tried }: Partly): boolean {
  return tried.length > 0 && tried.every(({ passes }) => passes === true);
}

/** Each once. */
export function distinct(drops: readonly PartialDrop[]): readonly PartialDrop[] {
  return [...new Map(drops.map((drop) => [`${drop.by} ${drop.what}`, drop])).values()];
}
