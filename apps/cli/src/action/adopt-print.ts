import { type Change, type Finding, type Home, type Plan, type Staying, sortFindings } from '@berth/core';
import type { Invocation } from '../context/invocation.ts';
import { afterwardsText, isMarkOnly, keptText, repairsText, stayingText } from '../output/adopt-text.ts';
import { answer, jsonText } from '../output/answer.ts';
import { findingLines } from '../output/findings.ts';
import { changeAnswer, planAnswer } from '../output/plan-answer.ts';
import type { AdoptAnswer } from '../schema/adopt.ts';

/** What `berth adopt` has to tell. */
export type Told = {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  /** What follows from it, step by step. */
  readonly afterwards?: readonly Change[];
  readonly kept?: AdoptAnswer['kept'];
  /** What Berth made itself, and keeps when rows are given back. */
  readonly staying?: readonly Staying[];
  /** Where the objects live. */
  readonly home?: Home;
  /** Whether it was done, and not only shown. */
  readonly done: boolean;
  /** What was done, in a line; absent where that is not over, or not all of it could be done. */
  readonly outcome?: string | undefined;
};

/** Prints the answer as it was asked for. */
export function printAdopt(
  { plan, findings, afterwards = [], kept = [], staying = [], home, done, outcome = '' }: Told,
  { options: { output }, terminal: { out, err } }: Pick<Invocation, 'options' | 'terminal'>,
): void {
  if (output === 'json') {
    const { changes, summary } = planAnswer(plan, []);
    const marksOnly = plan.changes.filter(isMarkOnly).length;
    const told = answer('Adopt', sortFindings(findings), {
      ...{ done, changes, summary, marksOnly, kept, left: plan.left ?? [] },
      afterwards: afterwards.map(changeAnswer),
      staying: staying.map(({ object, rows }) => ({ object: object ?? null, rows })),
    });
    out.write(jsonText(told satisfies AdoptAnswer));
    return;
  }
  err.write(findingLines(sortFindings(findings), err));
  out.write(
    `${repairsText(plan, out)}${afterwardsText(afterwards, out)}${keptText(kept)}${stayingText(staying, home)}${outcome}`,
  );
}
