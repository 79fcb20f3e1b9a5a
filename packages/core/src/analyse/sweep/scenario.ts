import type { FailureSet } from '../../fabric/failure.ts';
import type { ExternalFlow } from '../flow.ts';
import type { FlowState } from '../verdict.ts';
import { type Elements, failureAt } from './element.ts';
import { type Effect, namedState } from './fate.ts';
import { type FlowClass, namesOf } from './flow-class.ts';
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
  /** All flows that were not delivered before, which no total counts, by class. Worked out when it is called. */
  undelivered(): readonly SweepChange[];
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
    return [...touched(this.#elements, this.#tally, this.#set)].flatMap(([one, locals]) => {
      const { lost, moved, unknown } = one.fate.effectOf(locals);
      return lost + moved + unknown === 0 ? [] : [this.#changeOf(one, locals)];
    });
  }

  undelivered(): readonly SweepChange[] {
    const some = this.#tally.undelivered.filter(({ size }) => size > 0);
    if (some.length === 0) return [];
    const locals = touched(this.#elements, this.#tally, this.#set);
    return some.map((one) => this.#changeOf(one, locals.get(one) ?? []));
  }

  #changeOf(one: FlowClass, locals: readonly number[]): SweepChange {
    const { fate } = one;
    const chassis = namesOf(this.#elements, one);
    const before = namedState(fate.stateOf([]), chassis);
    const after = namedState(fate.stateOf(locals), chassis);
    return { flows: this.#tally.roster.flowsOf(one), before, after };
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
