import type { Verdict } from '@berth/core';
import type { Traced } from '../trace/look.ts';
import { type Agreement, agreement, type Observed } from './compare.ts';
import type { Trial } from './probes.ts';

/** Of prediction, packets and traces the one that the other two contradict; `unclear` where two contradict and the third takes no side. */
export type Doubt = 'none' | 'prediction' | 'packets' | 'trace' | 'unclear';

/** What traces say of a flow, beside its prediction and its packets. */
export type SecondOpinion = {
  readonly observed: Observed;
  /** Held against the prediction. */
  readonly agrees: Agreement;
  /** Held against packets; `unknown` where traces cannot tell. */
  readonly packets: 'agree' | 'disagree' | 'unknown';
  readonly doubt: Doubt;
};

/** Holds what traces say of a flow against what was predicted, and against what packets said. */
export function secondOpinion(
  first: {
    readonly trial: Trial;
    readonly verdict: Verdict;
    readonly observed: Observed;
    readonly agrees: Agreement;
  },
  traced: Traced,
  nodes: ReadonlyMap<string, string>,
): SecondOpinion {
  const { trial, verdict } = first;
  const observed = observedByTrace(trial, traced, nodes);
  const agrees = agreement(verdict.after, observed, trial.flow);
  const packets = alike(trial, first.observed, observed);
  return { observed, agrees, packets, doubt: doubtOf(first.agrees, agrees, packets) };
}

/** What traces say, in the words for what packets say. */
export function observedByTrace(
  { flow }: Pick<Trial, 'flow'>,
  { outcome, requestsFrom, repliesFrom, answerers, why }: Traced,
  nodes: ReadonlyMap<string, string>,
): Observed {
  const through = flow.direction === 'outbound' ? requestsFrom : repliesFrom;
  const [node, another] = through;
  return {
    outcome,
    berth: node === undefined || another !== undefined ? undefined : nodes.get(node),
    answerers: answerers.map((one) => nodes.get(one.node) ?? one.node),
    sent: 1,
    lost: outcome === 'lost' ? 1 : 0,
    outageMs: undefined,
    why,
  };
}

/** Who answers is the address' affair; between workloads it is the conversation that counts. */
function alike({ flow }: Trial, packets: Observed, traced: Observed): SecondOpinion['packets'] {
  if (traced.outcome === 'unknown') return 'unknown';
  if (packets.outcome !== traced.outcome) return 'disagree';
  const answerers = ({ answerers: all }: Observed): string => [...all].sort().join();
  if (flow.direction !== 'hairpin' && answerers(packets) !== answerers(traced)) return 'disagree';
  const berths = [packets.berth, traced.berth].filter((berth) => berth !== undefined);
  return packets.outcome === 'lost' || new Set(berths).size < 2 ? 'agree' : 'disagree';
}

function doubtOf(packetsAgree: Agreement, traceAgrees: Agreement, packets: SecondOpinion['packets']): Doubt {
  const isPacketsWrong = packetsAgree === 'disagree';
  const isTraceWrong = traceAgrees === 'disagree';
  if (packets === 'disagree') {
    if (isPacketsWrong === isTraceWrong) return 'unclear';
    return isPacketsWrong ? 'packets' : 'trace';
  }
  // Where packets say the same and yet only one is contradicted, it is a matter of what each can see.
  return isPacketsWrong || isTraceWrong ? 'prediction' : 'none';
}
