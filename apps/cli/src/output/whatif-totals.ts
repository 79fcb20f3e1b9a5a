import type { Verdict } from '@berth/core';
import type { Totals } from '../schema/whatif.ts';
import { plural } from './findings.ts';

export const noTotals: Totals = {
  flows: 0,
  delivered: 0,
  moved: 0,
  lost: 0,
  unknown: 0,
  conflict: 0,
  brokenBefore: 0,
};

/** The totals with one more scenario. */
export function addVerdicts(totals: Totals, verdicts: readonly Verdict[]): Totals {
  const count = (is: (verdict: Verdict) => boolean): number => verdicts.filter(is).length;
  return {
    flows: Math.max(totals.flows, verdicts.length),
    delivered: totals.delivered + count(({ after }) => after.outcome === 'delivered'),
    moved: totals.moved + count(({ moved }) => moved),
    lost: totals.lost + count(isLost),
    unknown: totals.unknown + count(isUnknown),
    conflict: totals.conflict + count((verdict) => isUnknown(verdict) && verdict.after.conflict.length > 0),
    brokenBefore: totals.brokenBefore + count(isBrokenBefore),
  };
}

/** Delivered before, lost after: what exit code 1 of `whatif` means. */
export function isLost({ before, after }: Verdict): boolean {
  return before.outcome === 'delivered' && after.outcome === 'lost';
}

function isUnknown({ before, after }: Verdict): boolean {
  return before.outcome === 'delivered' && after.outcome === 'unknown';
}

function isBrokenBefore({ before, after }: Verdict): boolean {
  return before.outcome !== 'delivered' && after.outcome !== 'delivered';
}

/** Whether something happens to a flow: what `--each` and `--pairs` list. */
export function isNoticed(verdict: Verdict): boolean {
  return verdict.moved || isLost(verdict) || isUnknown(verdict);
}

/** `2 flows: 1 delivered, 1 moved, 0 lost`. */
export function totalsText(totals: Totals, scenarios: number): string {
  const parts = [`${totals.delivered} delivered (${totals.moved} moved)`, `${totals.lost} lost`];
  if (totals.unknown > 0) parts.push(`${totals.unknown} unknown (${totals.conflict} in conflict)`);
  if (totals.brokenBefore > 0) parts.push(`${totals.brokenBefore} broken before`);
  const over = scenarios === 1 ? '' : ` in ${plural(scenarios, 'scenario')}`;
  return `${plural(totals.flows, 'flow')}${over}: ${parts.join(', ')}`;
}
