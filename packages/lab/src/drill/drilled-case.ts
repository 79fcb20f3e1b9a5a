import {
  analyse,
  type Controller,
  type Fabric,
  type FailureSet,
  resolveFailures,
  type Verdict,
} from '@berth/core';
import type { Burst, Watched } from '../prober/prober.ts';
import { type Agreement, agreement, isSlow, type Observed } from './compare.ts';
import type { Trial } from './probes.ts';

/** One flow under one sequence of failures: predicted and observed. */
export type DrilledFlow = {
  readonly trial: Trial;
  readonly verdict: Verdict;
  readonly observed: Observed;
  readonly agrees: Agreement;
  /** Whether it was away for longer than expected. Only flows that move are expected to be away and to come back. */
  readonly isSlow: boolean;
};

export type DrilledCase = {
  /** Nodes by their names in the lab. */
  readonly failures: readonly FailureSet[];
  readonly flows: readonly DrilledFlow[];
  /** Whether it took more than one look, as the first disagreed. */
  readonly isLate: boolean;
  /**
   * Whether every look disagreed until the nodes' datapaths forgot their cached flows: some went on with what OpenFlow no
   * longer says. Seen with OVS 3.1.0 in userspace on a busy machine, with gateways that changed twice within a second.
   */
  readonly isStale: boolean;
};

/** What the flows are predicted with. */
export type Prediction = {
  readonly fabric: Fabric;
  readonly controller: Controller | undefined;
  /** Names in SB by names in the lab. */
  readonly nodes: ReadonlyMap<string, string>;
};

/** What was seen of some flows: in a burst after it all, and in a watch while it happened. */
export type Sight = {
  readonly trials: readonly Trial[];
  readonly burst: Burst;
  readonly watched: ReadonlyMap<string, Watched>;
};

/** Holds what was seen of the flows against what the analysis says. Throws RangeError for failures of what is not there. */
export function drilledCase(
  { fabric, controller, nodes }: Prediction,
  failures: readonly FailureSet[],
  { trials, burst, watched }: Sight,
): DrilledCase {
  const resolved = resolveFailures(failures, fabric);
  if (resolved.kind === 'invalid') throw new RangeError(resolved.error.message);
  const asked = trials.map(({ flow }) => flow);
  const { verdicts } = analyse({ fabric, flows: asked, failures: resolved.sets, controller });
  const flows = trials.flatMap((trial, index): DrilledFlow[] => {
    const verdict = verdicts[index];
    if (verdict === undefined) return [];
    const observed = observedOf(trial, nodes, burst, watched.get(trial.probe.key));
    const agrees = agreement(verdict.after, observed, trial.flow);
    // Only one thing after the other was watched as a whole.
    const slow = failures.length === 1 && isSlow(verdict.outage, observed);
    return [{ trial, verdict, observed, agrees, isSlow: slow }];
  });
  return { failures, flows, isLate: false, isStale: false };
}

/** What a look saw of each trial, as lines that are equal when nothing is different. */
export function seenLines(trials: readonly Trial[], burst: Burst): readonly string[] {
  return trials.map((trial) => {
    const { probe, ask } = trial;
    const seen = burst.flows.get(probe.key);
    const answer = burst.answerers.get(ask.ip)?.map(({ node }) => node);
    return `${probe.from} ${probe.to}: ${(seen?.received ?? 0) > 0} by ${through(trial, burst).join(' ')}, ${answer?.join(' ')} answers`;
  });
}

function observedOf(
  trial: Trial,
  nodes: ReadonlyMap<string, string>,
  burst: Burst,
  watched: Watched | undefined,
): Observed {
  const { probe, ask } = trial;
  const seen = burst.flows.get(probe.key);
  const answerers = (burst.answerers.get(ask.ip) ?? []).map(({ node }) => node);
  const [first, second] = through(trial, burst);
  const node = second === undefined ? first : undefined;
  return {
    outcome: (seen?.received ?? 0) > 0 ? 'delivered' : 'lost',
    berth: node === undefined ? undefined : nodes.get(node),
    answerers: answerers.map((name) => nodes.get(name) ?? name),
    sent: watched?.sent ?? seen?.sent ?? 0,
    lost: watched?.lost ?? (seen?.sent ?? 0) - (seen?.received ?? 0),
    outageMs: watched?.longestGapMs,
  };
}

/** The nodes whose NIC the packets of a flow passed. */
function through({ flow, probe }: Trial, burst: Burst): readonly string[] {
  const seen = burst.flows.get(probe.key);
  return (flow.direction === 'outbound' ? seen?.requestsFrom : seen?.repliesFrom) ?? [];
}
