import type { FailureSet } from '../../fabric/failure.ts';
import type { ExternalFlow } from '../flow.ts';
import type { FlowState } from '../verdict.ts';
import { type Elements, failureAt } from './element.ts';
import { type Effect, namedState } from './fate.ts';
import { namesOf } from './flow-class.ts';
import { type Tally, totalsAt, touched } from './tally.ts';

/** Of the flows that were delivered before: how many are lost, moved to another berth, or cannot be foretold. */
export type SweepTotals = Effect;

/** Flows with one fate. */
export type SweepChange = {
  readonly flows: readonly ExternalFlow[];
  readonly before: FlowState;
  readonly after: FlowState;
};

export type SweepScenario = {
  readonly failures: FailureSet;
  readonly totals: SweepTotals;
  /** The flows behind the totals, by class. Worked out when it is called. */
  readonly changes: () => readonly SweepChange[];
};

/** What a set of elements, ascending, does. */
export function scenarioAt(elements: Elements, tally: Tally, set: readonly number[]): SweepScenario {
  return {
    get failures() {
      return set.map((element) => failureAt(elements, element));
    },
    totals: totalsAt(tally, set) ?? countedTotals(elements, tally, set),
    changes: () => changesAt(elements, tally, set),
  };
}

/** Every element alone, then every two. */
export function* everySet(elements: number, pairs: boolean): Generator<readonly number[]> {
  for (let one = 0; one < elements; one += 1) yield [one];
  if (!pairs) return;
  for (let one = 0; one < elements; one += 1) {
    for (let other = one + 1; other < elements; other += 1) yield [one, other];
  }
}

function changesAt(elements: Elements, tally: Tally, set: readonly number[]): readonly SweepChange[] {
  return [...touched(elements, tally, set)].flatMap(([one, locals]) => {
    const { fate, flows } = one;
    const { lost, moved, unknown } = fate.effectOf(locals);
    if (lost + moved + unknown === 0) return [];
    const chassis = namesOf(elements, one);
    const before = namedState(fate.stateOf([]), chassis);
    return [{ flows: [...flows], before, after: namedState(fate.stateOf(locals), chassis) }];
  });
}

function countedTotals(elements: Elements, tally: Tally, set: readonly number[]): SweepTotals {
  const totals = { lost: 0, moved: 0, unknown: 0 };
  for (const [{ fate, flows }, locals] of touched(elements, tally, set)) {
    const effect = fate.effectOf(locals);
    totals.lost += effect.lost * flows.length;
    totals.moved += effect.moved * flows.length;
    totals.unknown += effect.unknown * flows.length;
  }
  return totals;
}
