import type { Obstacle } from '../flow.ts';

/** What NB keeps from a flow beside its addresses and routes: what stops it for sure, and what may take a part of it. */
export type Filtered = {
  readonly obstacle: Obstacle | undefined;
  /** Rows of which it is not worked out whether they take packets of the flow, one sentence each. */
  readonly assumptions: readonly string[];
};

export const unfiltered: Filtered = { obstacle: undefined, assumptions: [] };

/** All of it together; of several obstacles the first. */
export function together(...parts: readonly Filtered[]): Filtered {
  const some = parts.filter(({ obstacle, assumptions }) => obstacle !== undefined || assumptions.length > 0);
  const [first = unfiltered, ...others] = some;
  if (others.length === 0) return first;
  return {
    obstacle: some.find(({ obstacle }) => obstacle !== undefined)?.obstacle,
    assumptions: [...new Set(some.flatMap(({ assumptions }) => assumptions))],
  };
}

/** What is stopped by an obstacle, if there is one. */
export function stoppedBy(obstacle: Obstacle | undefined): Filtered {
  return obstacle === undefined ? unfiltered : { obstacle, assumptions: [] };
}
