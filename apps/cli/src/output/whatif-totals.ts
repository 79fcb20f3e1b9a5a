import { type Dependency, type ExternalFlow, effectOf, type Verdict } from '@berth/core';
import type { Totals } from '../schema/whatif.ts';
import { plural } from './findings.ts';

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

/** A flow that notices a scenario, and what it does to it. */
export type Touched = { readonly flow: ExternalFlow; readonly effect: Dependency['effect'] };

/** The totals of one scenario. A flow counts once: `moved` are of those delivered, `conflict` of those unknown. */
export function verdictTotals(verdicts: readonly Verdict[]): Totals {
  const count = (is: (verdict: Verdict) => boolean): number => verdicts.filter(is).length;
  return {
    flows: verdicts.length,
    delivered: count(({ after }) => after.outcome === 'delivered'),
    moved: count(({ moved }) => moved),
    lost: count((verdict) => effectOf(verdict) === 'lost'),
    unknown: count(isUnknown),
    conflict: count((verdict) => isUnknown(verdict) && verdict.after.conflict.length > 0),
    unknownBefore: count(wasUnknown),
    brokenBefore: count(({ before, after }) => before.outcome === 'lost' && after.outcome !== 'delivered'),
  };
}

function isUnknown(verdict: Verdict): boolean {
  return effectOf(verdict) === 'unknown' || wasUnknown(verdict);
}

/** Of what is not known already nobody knows what a failure takes. */
function wasUnknown({ before, after }: Verdict): boolean {
  return before.outcome === 'unknown' && after.outcome !== 'delivered';
}

/** The totals of two sets of scenarios, of the same flows. */
export function addTotals(left: Totals, right: Totals): Totals {
  return {
    flows: Math.max(left.flows, right.flows),
    delivered: left.delivered + right.delivered,
    moved: left.moved + right.moved,
    lost: left.lost + right.lost,
    unknown: left.unknown + right.unknown,
    conflict: left.conflict + right.conflict,
    unknownBefore: left.unknownBefore + right.unknownBefore,
    brokenBefore: left.brokenBefore + right.brokenBefore,
  };
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
