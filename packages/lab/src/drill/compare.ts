import type { FlowState } from '@berth/core';

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
 * `unknown` and `conflict` are predictions that claim nothing about packets, so nothing can disagree with them; a conflict
 * is two that answer for one address.
 */
export type Agreement = 'agree' | 'disagree' | 'unknown' | 'conflict';

/** Holds a prediction beside what was seen. Where both know a berth of a delivered flow, it has to be the same. */
export function agreement(predicted: FlowState, observed: Observed): Agreement {
  if (predicted.outcome === 'unknown') return predicted.conflict.length > 0 ? 'conflict' : 'unknown';
  if (predicted.outcome !== observed.outcome) return 'disagree';
  if (predicted.outcome === 'lost' || predicted.berth === undefined || observed.berth === undefined)
    return 'agree';
  return predicted.berth === observed.berth ? 'agree' : 'disagree';
}
