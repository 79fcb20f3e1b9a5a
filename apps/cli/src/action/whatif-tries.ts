import {
  type ExternalFlow,
  effectOf,
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
import { addTotals, noTotals, type Touched, verdictTotals } from '../output/whatif-totals.ts';
import type { Totals } from '../schema/whatif.ts';

/** One scenario that was tried. What is not asked for is not worked out. */
export type Try = {
  readonly failures: readonly FailureSet[];
  readonly totals: Totals;
  /** The flows that notice it, with what it does to them. */
  readonly touched: () => readonly Touched[];
  /** The verdicts on those flows, or on all of them. */
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
      const effect = effectOf(verdict);
      return effect === undefined ? [] : [{ flow: verdict.flow, effect, verdict }];
    });
    yield {
      failures,
      totals: verdictTotals(verdicts),
      touched: () => noticed,
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
  const before = swept.summary();
  for (const scenario of swept.scenarios()) {
    const failures = [scenario.failures];
    // With SB everybody's view is frozen, and classes of flows do not know of that.
    if (takesSb(scenario.failures, fabric)) {
      yield* eachTry({ predict }, flows, [failures], false);
      continue;
    }
    yield {
      failures,
      totals: sweptTotals(scenario, flows.length, before),
      touched: () => scenario.changes().flatMap(touchedBy),
      verdicts: () => {
        const noticed = new Set(scenario.changes().flatMap((change) => change.flows));
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

function touchedBy({ flows, before, after }: SweepChange): readonly Touched[] {
  const moved =
    before.outcome === 'delivered' && after.outcome === 'delivered' && before.berth !== after.berth;
  const effect = after.outcome === 'delivered' ? (moved ? 'moved' : undefined) : after.outcome;
  if (before.outcome !== 'delivered' || effect === undefined) return [];
  return flows.map((flow) => ({ flow, effect }));
}

/** What does not work before anything fails, or of which it is not known. */
type Before = Pick<Totals, 'brokenBefore' | 'unknownBefore'>;

function sweptTotals(
  { totals, changes }: SweepScenario,
  flows: number,
  { brokenBefore, unknownBefore }: Before,
): Totals {
  const { lost, moved, unknown } = totals;
  const conflicts = unknown === 0 ? [] : changes().filter(({ after }) => after.conflict.length > 0);
  return addTotals(noTotals, {
    flows,
    delivered: flows - brokenBefore - unknownBefore - lost - unknown,
    moved,
    lost,
    unknown: unknown + unknownBefore,
    conflict: conflicts.reduce((sum, change) => sum + change.flows.length, 0),
    unknownBefore,
    brokenBefore,
  });
}
