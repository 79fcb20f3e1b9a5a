import type { ExpectedOutage, ExternalFlow, FlowState } from '@berth/core';

/** What packets, or traces, said of one flow. */
export type Observed = {
  /** `unknown` where traces cannot tell; packets always can. */
  readonly outcome: 'delivered' | 'lost' | 'unknown';
  /** The SB name of the chassis it went by; undefined when packets do not tell. */
  readonly berth: string | undefined;
  /** SB names of all that answer for the external address. */
  readonly answerers: readonly string[];
  readonly sent: number;
  readonly lost: number;
  /** The longest interruption while things were breaking; undefined when it was not watched. */
  readonly outageMs: number | undefined;
  /** Where traces say that it ends, if it does. */
  readonly why?: string;
};

/**
 * `unknown` is a prediction that claims nothing about packets, so nothing can disagree with it, or an observation that claims nothing.
 * `conflict` is a prediction that says that several answer for one address, and they were seen to.
 */
export type Agreement = 'agree' | 'disagree' | 'unknown' | 'conflict';

/**
 * Holds a prediction beside what was seen. Where both know a berth of a delivered flow, it has to be the same, and nobody else
 * may answer for an address that is predicted to be answered for by one. Of a conflict exactly the predicted ones have to
 * answer, and what is delivered goes by one of them.
 */
export function agreement(predicted: FlowState, observed: Observed, asked: Asked): Agreement {
  if (predicted.outcome === 'unknown' && predicted.conflict.length === 0) return 'unknown';
  if (predicted.outcome === 'unknown')
    return isConflict(predicted, observed, asked) ? 'conflict' : 'disagree';
  if (observed.outcome === 'unknown') return 'unknown';
  if (predicted.outcome !== observed.outcome) return 'disagree';
  if (predicted.outcome === 'lost' || predicted.berth === undefined) return 'agree';
  if (asked.direction === 'inbound' && observed.answerers.some((one) => one !== predicted.berth))
    return 'disagree';
  return observed.berth === undefined || predicted.berth === observed.berth ? 'agree' : 'disagree';
}

type Asked = Pick<ExternalFlow, 'direction' | 'externalIp'>;

/**
 * Between workloads it may be the asker's address that several have, of which those that answer for the other tell less. For
 * IPv6 one that has the address may be unable to say so, as ovn-controller does it: not all have to answer, but nobody else may;
 * and between workloads nobody has to where what was sent arrived.
 */
function isConflict(
  { conflict }: FlowState,
  { answerers, berth, outcome }: Observed,
  { direction, externalIp = '' }: Asked,
): boolean {
  const isV6 = externalIp.includes(':');
  if (direction === 'hairpin') return answerers.length > 0 || (isV6 && outcome === 'delivered');
  if (berth !== undefined && !conflict.includes(berth)) return false;
  const isComplete = isV6 ? answerers.length > 0 : answerers.length === conflict.length;
  return isComplete && answerers.every((one) => conflict.includes(one));
}

/** What a machine adds that does several things at once: to an outage of which the parts are known. */
export const outageToleranceMs = 1_500;

/** Whether a flow that was to come back after a time took longer, or had not come back when the watch ended. */
export function isSlow(expected: ExpectedOutage | undefined, { outageMs }: Observed): boolean {
  return expected !== undefined && outageMs !== undefined && outageMs > expected.ms + outageToleranceMs;
}
