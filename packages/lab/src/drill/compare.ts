import type { Direction, ExpectedOutage, FlowState } from '@berth/core';

/** What packets said of one flow. */
export type Observed = {
  readonly outcome: 'delivered' | 'lost';
  /** The SB name of the chassis it went by; undefined when packets do not tell. */
  readonly berth: string | undefined;
  /** SB names of all that answer for the external address. */
  readonly answerers: readonly string[];
  readonly sent: number;
  readonly lost: number;
  /** The longest interruption while things were breaking; undefined when it was not watched. */
  readonly outageMs: number | undefined;
};

/**
 * `unknown` is a prediction that claims nothing about packets, so nothing can disagree with it. `conflict` is one that says that
 * several answer for one address, and they were seen to.
 */
export type Agreement = 'agree' | 'disagree' | 'unknown' | 'conflict';

/**
 * Holds a prediction beside what was seen. Where both know a berth of a delivered flow, it has to be the same, and nobody else
 * may answer for an address that is predicted to be answered for by one. Of a conflict exactly the predicted ones have to
 * answer, and what is delivered goes by one of them.
 */
export function agreement(predicted: FlowState, observed: Observed, direction: Direction): Agreement {
  if (predicted.outcome === 'unknown' && predicted.conflict.length === 0) return 'unknown';
  if (predicted.outcome === 'unknown')
    return isConflict(predicted, observed, direction) ? 'conflict' : 'disagree';
  if (predicted.outcome !== observed.outcome) return 'disagree';
  if (predicted.outcome === 'lost' || predicted.berth === undefined) return 'agree';
  if (direction === 'inbound' && observed.answerers.some((one) => one !== predicted.berth)) return 'disagree';
  return observed.berth === undefined || predicted.berth === observed.berth ? 'agree' : 'disagree';
}

/** Between workloads it may be the asker's address that two answer for, of which packets to the other tell less. */
function isConflict({ conflict }: FlowState, { answerers, berth }: Observed, direction: Direction): boolean {
  if (berth !== undefined && direction === 'inbound' && !conflict.includes(berth)) return false;
  if (direction !== 'inbound') return answerers.length > 0;
  return answerers.length === conflict.length && answerers.every((one) => conflict.includes(one));
}

/** What a machine adds that does several things at once: to an outage of which the parts are known. */
export const outageToleranceMs = 1_500;

/** Whether a flow that was to come back after a time took longer, or had not come back when the watch ended. */
export function isSlow(expected: ExpectedOutage | undefined, { outageMs }: Observed): boolean {
  return expected !== undefined && outageMs !== undefined && outageMs > expected.ms + outageToleranceMs;
}
