import {
  type ExternalFlow,
  type Fabric,
  type FailureSet,
  losesSb,
  type SweepChange,
  type SweepKind,
  type SweepScenario,
  sweep,
  sweepKinds,
  type Verdict,
} from '@berth/core';
import type { Analysis } from '../context/analysis.ts';
import { countedAs, listedAs, type Touched, verdictTotals } from '../output/whatif-totals.ts';
import type { Totals } from '../schema/whatif.ts';

/** One scenario that was tried. What is not asked for is not worked out. */
export type Try = {
  readonly failures: readonly FailureSet[];
  readonly totals: Totals;
  /** The flows that notice it, with what it does to them, and those of which nobody knows whether they do. */
  readonly touched: () => readonly Touched[];
  /** The flows that were broken before and are still. */
  readonly broken: () => readonly ExternalFlow[];
  /** The verdicts on the flows that are touched, or on all of them. */
  readonly verdicts: () => readonly Verdict[];
};

/** Each sequence on every flow. For few of them, and for kinds that cannot be swept. */
export function* eachTry(
  { predict }: Pick<Analysis, 'predict'>,
  flows: readonly ExternalFlow[],
  sequences: readonly (readonly FailureSet[])[],
  listsAll: boolean,
): Generator<Try> {
  for (const sequence of sequences) {
    const { failures, verdicts } = predict(sequence, flows);
    const noticed = verdicts.flatMap((verdict): readonly (Touched & { readonly verdict: Verdict })[] => {
      const effect = listedAs(verdict);
      return effect === undefined ? [] : [{ flow: verdict.flow, effect, verdict }];
    });
    yield {
      failures,
      totals: verdictTotals(verdicts),
      touched: () => noticed,
      broken: () => verdicts.filter(isBroken).map(({ flow }) => flow),
      verdicts: () => (listsAll ? verdicts : noticed.map(({ verdict }) => verdict)),
    };
  }
}

/** Whether all of some words are kinds that can be swept. */
export function areSwept(kinds: readonly string[]): kinds is readonly SweepKind[] {
  return kinds.every((kind) => sweepKinds.some((known) => known === kind));
}

/** Every failure of some kinds, and with `pairs` any two, in classes of flows. Verdicts are only on flows that notice. */
export function* sweptTries(
  { fabric, predict }: Pick<Analysis, 'fabric' | 'predict'>,
  flows: readonly ExternalFlow[],
  kinds: readonly SweepKind[],
  pairs: boolean,
): Generator<Try> {
  const swept = sweep({ fabric, flows, kinds, pairs });
  const { brokenBefore, unknownBefore } = swept.summary();
  const isWhole = brokenBefore + unknownBefore === 0;
  for (const scenario of swept.scenarios()) {
    const failures = [scenario.failures];
    // With SB everybody's view is frozen, and classes of flows do not know of that.
    if (takesSb(scenario.failures, fabric)) {
      yield* eachTry({ predict }, flows, [failures], false);
      continue;
    }
    const undelivered = isWhole ? [] : scenario.undelivered();
    const touched = () => [...scenario.changes(), ...undelivered].flatMap(touchedBy);
    yield {
      failures,
      totals: sweptTotals(scenario, undelivered, flows.length),
      touched,
      broken: () => undelivered.filter(isBroken).flatMap((change) => change.flows),
      verdicts: () => {
        const noticed = new Set(touched().map(({ flow }) => flow));
        return predict(
          failures,
          flows.filter((flow) => noticed.has(flow)),
        ).verdicts;
      },
    };
  }
}

function takesSb(failures: FailureSet, fabric: Fabric): boolean {
  const gone = new Set(
    failures.flatMap((each) => (each.kind === 'host' || each.kind === 'control' ? [each.node] : [])),
  );
  return losesSb(fabric, (chassis) => gone.has(chassis)) === true;
}

function isBroken(change: Pick<Verdict, 'before' | 'after'>): boolean {
  return countedAs(change) === 'brokenBefore';
}

function touchedBy({ flows, before, after }: SweepChange): readonly Touched[] {
  const effect = listedAs({ before, after });
  return effect === undefined ? [] : flows.map((flow) => ({ flow, effect }));
}

function sweptTotals(scenario: SweepScenario, undelivered: readonly SweepChange[], flows: number): Totals {
  const { lost, moved, unknown } = scenario.totals;
  const isUnknown = (one: SweepChange): boolean => countedAs(one) === 'unknown';
  const brokenBefore = flowsIn(undelivered, isBroken);
  const unknownBefore = flowsIn(undelivered, isUnknown);
  const untold = [...(unknown === 0 ? [] : scenario.changes()), ...undelivered];
  return {
    flows,
    delivered: flows - brokenBefore - unknownBefore - lost - unknown,
    moved,
    lost,
    unknown: unknown + unknownBefore,
    conflict: flowsIn(untold, (one) => isUnknown(one) && one.after.conflict.length > 0),
    unknownBefore,
    brokenBefore,
  };
}

function flowsIn(changes: readonly SweepChange[], counts: (change: SweepChange) => boolean): number {
  return changes.reduce((sum, change) => sum + (counts(change) ? change.flows.length : 0), 0);
}
