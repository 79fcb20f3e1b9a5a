import { type DrilledFlow, isContradicted } from '@berth/lab';
import type { DrillAnswer } from '../schema/drill.ts';

type Tally = DrillAnswer['summary'];

export const noTally: Tally = {
  ...{ cases: 0, agree: 0, disagree: 0, unknown: 0, conflict: 0 },
  ...{ doubted: 0, slow: 0 },
};

/** How many flows of a case came out how. */
export function tallyOf(flows: readonly DrilledFlow[]): Tally {
  const tally = { ...noTally, cases: flows.length };
  for (const flow of flows) {
    tally[flow.agrees] += 1;
    if (isContradicted(flow)) tally.doubted += 1;
    if (flow.isSlow) tally.slow += 1;
  }
  return tally;
}
