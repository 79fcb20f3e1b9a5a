import type { Fabric } from '../../fabric/fabric.ts';
import type { FailureSet } from '../../fabric/failure.ts';
import type { ExternalFlow } from '../flow.ts';
import { baseWorld } from '../world/world.ts';
import { classifier } from './classifier.ts';
import { minimalCuts } from './cut-set.ts';
import { atOnce, elementCount, elementsIn, elementsOf, type SweepKind } from './element.ts';
import { everySet, type SweepScenario, scenarioAt } from './scenario.ts';
import { count, emptyTally } from './tally.ts';

/** What is swept: one failure of each of these kinds on each chassis, and every two of them when `pairs` is set. */
export type SweepQuestion = {
  readonly fabric: Fabric;
  readonly flows: readonly ExternalFlow[];
  readonly kinds: readonly SweepKind[];
  readonly pairs?: boolean;
};

export type SweepSummary = {
  readonly flows: number;
  /** Flows that are lost before anything fails, and those of which it is not known. */
  readonly brokenBefore: number;
  readonly unknownBefore: number;
  readonly classes: number;
  readonly scenarios: number;
};

/** Flows that go and flows that come. */
export type FlowChange = {
  readonly out: readonly ExternalFlow[];
  readonly in: readonly ExternalFlow[];
  /** What the flows that come are read against. It may differ from the one before in the claims of workload ports only. */
  readonly fabric?: Fabric;
};

/**
 * All single failures, and all pairs, of a network. Flows are handled in classes, and a pair by what its two failures do
 * together beyond what each does alone.
 */
export type Sweep = {
  readonly summary: () => SweepSummary;
  /** Singles by node and kind, then pairs in the same order. */
  readonly scenarios: () => IterableIterator<SweepScenario>;
  /** One scenario; undefined for failures that are not swept, or more than three. */
  readonly scenario: (failures: FailureSet) => SweepScenario | undefined;
  /** Single failures that lose something, the costliest first. */
  readonly singlePoints: () => readonly SweepScenario[];
  /** The smallest sets of at most `size` failures, 1 to 3, that lose the flow; none of them contains another. */
  readonly cutSets: (flow: ExternalFlow, size?: number) => readonly FailureSet[];
  /** Costs what the flows cost and not what the network does. After any other change, sweep anew. */
  readonly replace: (change: FlowChange) => void;
};

/** Sweeps a network. Throws RangeError for a fabric that was not read from NB and SB. */
export function sweep({ fabric, flows, kinds, pairs = false }: SweepQuestion): Sweep {
  const elements = elementsOf(fabric.chassis.keys(), kinds);
  const tally = emptyTally(elements, pairs);
  const classes = classifier(baseWorld(fabric), elements, tally);
  for (const flow of flows) tally.roster.add(classes.classOf(flow), flow);
  for (const one of tally.classes) count(elements, tally, one, one.size);
  const at = (set: readonly number[]): SweepScenario => scenarioAt(elements, tally, set);
  return {
    summary: () => ({
      flows: tally.flows,
      brokenBefore: tally.brokenBefore,
      unknownBefore: tally.unknownBefore,
      classes: tally.classes.filter((one) => one.size > 0).length,
      scenarios: setCount(elementCount(elements), pairs),
    }),
    scenarios: () => everySet(elementCount(elements), pairs).map(at),
    scenario: (failures) => {
      const set = elementsIn(elements, failures);
      return set === undefined || set.length > atOnce ? undefined : at(set.toSorted((a, b) => a - b));
    },
    singlePoints: () =>
      [...everySet(elementCount(elements), false).map(at)]
        .filter(({ totals }) => totals.lost > 0)
        .sort((left, right) => right.totals.lost - left.totals.lost),
    cutSets: (flow, size = 2) => minimalCuts(elements, classes.classOf(flow), Math.min(size, atOnce)),
    replace: ({ out, in: added, fabric: newer }) => {
      for (const flow of out) {
        const one = classes.classOf(flow);
        if (!tally.roster.remove(one, flow)) continue;
        classes.forget(flow);
        count(elements, tally, one, -1);
      }
      if (newer !== undefined) classes.follow(newer);
      for (const flow of added) {
        const one = classes.classOf(flow);
        tally.roster.add(one, flow);
        count(elements, tally, one, 1);
      }
    },
  };
}

function setCount(elements: number, pairs: boolean): number {
  return elements + (pairs ? (elements * (elements - 1)) / 2 : 0);
}
