import { eitherPartly } from '../filter/filtered.ts';
import type { ExternalFlow } from '../flow.ts';

/** What one workload sends to the public address of another: it leaves as `from` and arrives as `to`. */
export function hairpinFlow(from: ExternalFlow, to: ExternalFlow): ExternalFlow {
  return {
    ...to,
    direction: 'hairpin',
    source: from,
    obstacle: from.obstacle ?? to.obstacle,
    conditions: [...new Set([...from.conditions, ...to.conditions])],
    assumptions: [...new Set([...from.assumptions, ...to.assumptions])],
    ...withEither(from, to),
    rows: [...from.rows, ...to.rows.filter(({ uuid }) => !from.rows.some((row) => row.uuid === uuid))],
    origins: from.origins === to.origins ? to.origins : [...from.origins, ...to.origins],
  };
}

/** What a workload sends to its own public address. */
export function ownHairpin(from: ExternalFlow, to: ExternalFlow): ExternalFlow {
  const assumptions =
    from.assumptions === to.assumptions
      ? to.assumptions
      : [...new Set([...from.assumptions, ...to.assumptions])];
  return { ...to, direction: 'hairpin', source: from, assumptions, ...withEither(from, to) };
}

function withEither(from: ExternalFlow, to: ExternalFlow): Pick<ExternalFlow, 'partly'> {
  const partly = eitherPartly(from.partly, to.partly);
  return partly === undefined ? {} : { partly };
}
