import type { Dependency, ExternalFlow, Verdict } from '@berth/core';
import type { Totals, VerdictAnswer } from '../schema/whatif.ts';
import { plural } from './findings.ts';
import { sumsOf } from './sums.ts';

export const noTotals: Totals = {
  flows: 0,
  delivered: 0,
  moved: 0,
  lost: 0,
  unknown: 0,
  conflict: 0,
  unknownBefore: 0,
  brokenBefore: 0,
};

/** The total that counts a flow of one scenario. */
export type Counted = VerdictAnswer['countedAs'];

/**
 * What is not delivered counts by what it was before: only of what was delivered a failure takes anything, and of what is not known
 * already nobody knows whether it does.
 */
export function countedAs({ before, after }: Pick<Verdict, 'before' | 'after'>): Counted {
  if (after.outcome === 'delivered') return 'delivered';
  if (before.outcome === 'lost') return 'brokenBefore';
  return before.outcome === 'unknown' ? 'unknown' : after.outcome;
}

/** A flow that a scenario lists, and as what. */
export type Touched = { readonly flow: ExternalFlow; readonly effect: Dependency['effect'] };

/** As what a scenario lists a flow; undefined for one that works as before, and for one that was broken. */
export function listedAs(change: Pick<Verdict, 'before' | 'after'>): Touched['effect'] | undefined {
  const counted = countedAs(change);
  if (counted === 'lost' || counted === 'unknown') return counted;
  const { before, after } = change;
  const moved = counted === 'delivered' && before.outcome === 'delivered' && before.berth !== after.berth;
  return moved ? 'moved' : undefined;
}

/** The totals of one scenario. A flow counts once: `moved` are of those delivered, `conflict` of those unknown. */
export function verdictTotals(verdicts: readonly Verdict[]): Totals {
  const count = (is: (verdict: Verdict) => boolean): number => verdicts.filter(is).length;
  const counted = (as: Counted): number => count((verdict) => countedAs(verdict) === as);
  const isUnknown = (verdict: Verdict): boolean => countedAs(verdict) === 'unknown';
  return {
    flows: verdicts.length,
    delivered: counted('delivered'),
    moved: count(({ moved }) => moved),
    lost: counted('lost'),
    unknown: counted('unknown'),
    conflict: count((verdict) => isUnknown(verdict) && verdict.after.conflict.length > 0),
    unknownBefore: count((verdict) => isUnknown(verdict) && verdict.before.outcome === 'unknown'),
    brokenBefore: counted('brokenBefore'),
  };
}

/** The totals of two sets of scenarios, of the same flows. */
export function addTotals(left: Totals, right: Totals): Totals {
  return { ...sumsOf(left, right), flows: Math.max(left.flows, right.flows) };
}

/** `2 flows: 1 delivered, 1 moved, 0 lost`. */
export function totalsText(totals: Totals, scenarios: number): string {
  const parts = [`${totals.delivered} delivered (${totals.moved} moved)`, `${totals.lost} lost`];
  if (totals.unknown > 0) {
    const before = totals.unknownBefore > 0 ? `, ${totals.unknownBefore} unknown before` : '';
    parts.push(`${totals.unknown} unknown (${totals.conflict} in conflict${before})`);
  }
  if (totals.brokenBefore > 0) parts.push(`${totals.brokenBefore} broken before`);
  const over = scenarios === 1 ? '' : ` in ${plural(scenarios, 'scenario')}`;
  return `${plural(totals.flows, 'flow')}${over}: ${parts.join(', ')}`;
}
