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
  changes(): readonly SweepChange[];
};

/** What a set of elements, ascending, does. */
export function scenarioAt(elements: Elements, tally: Tally, set: readonly number[]): SweepScenario {
  return new Scenario(elements, tally, set);
}

/** A class, as there are hundreds of thousands of them and most are asked for their totals alone. */
class Scenario implements SweepScenario {
  readonly totals: SweepTotals;
  readonly #elements: Elements;
  readonly #tally: Tally;
  readonly #set: readonly number[];

  constructor(elements: Elements, tally: Tally, set: readonly number[]) {
    this.#elements = elements;
    this.#tally = tally;
    this.#set = set;
    this.totals = totalsAt(tally, set) ?? countedTotals(elements, tally, set);
  }

  get failures(): FailureSet {
    return this.#set.map((element) => failureAt(this.#elements, element));
  }

  changes(): readonly SweepChange[] {
    return changesAt(this.#elements, this.#tally, this.#set);
  }
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
    const { fate } = one;
    const { lost, moved, unknown } = fate.effectOf(locals);
    if (lost + moved + unknown === 0) return [];
    const chassis = namesOf(elements, one);
    const before = namedState(fate.stateOf([]), chassis);
    return [{ flows: tally.roster.flowsOf(one), before, after: namedState(fate.stateOf(locals), chassis) }];
  });
}

function countedTotals(elements: Elements, tally: Tally, set: readonly number[]): SweepTotals {
  const totals = { lost: 0, moved: 0, unknown: 0 };
  for (const [{ fate, size }, locals] of touched(elements, tally, set)) {
    const effect = fate.effectOf(locals);
    totals.lost += effect.lost * size;
    totals.moved += effect.moved * size;
    totals.unknown += effect.unknown * size;
  }
  return totals;
}
