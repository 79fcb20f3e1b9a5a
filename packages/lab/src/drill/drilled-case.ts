import {
  analyse,
  type Controller,
  type Fabric,
  type FailureSet,
  resolveFailures,
  type Verdict,
} from '@berth/core';
import type { Burst, Watched } from '../prober/prober.ts';
import type { Traced } from '../trace/look.ts';
import { type Agreement, agreement, isSlow, type Observed } from './compare.ts';
import type { Trial } from './probes.ts';
import { observedByTrace, type SecondOpinion, secondOpinion } from './second-opinion.ts';

/** One flow under one sequence of failures: predicted and observed. */
export type DrilledFlow = {
  readonly trial: Trial;
  readonly verdict: Verdict;
  readonly observed: Observed;
  readonly agrees: Agreement;
  /** Whether it was away for longer than expected. Only flows that move are expected to be away and to come back. */
  readonly isSlow: boolean;
  /** What traces say as well, where they were asked beside packets. */
  readonly second: SecondOpinion | undefined;
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
  /** What traces said in place of packets; undefined where packets flew. */
  readonly traced: ReadonlyMap<string, Traced> | undefined;
};

/** Holds what was seen of the flows against what the analysis says. Throws RangeError for failures of what is not there. */
export function drilledCase(
  { fabric, controller, nodes }: Prediction,
  failures: readonly FailureSet[],
  { trials, burst, watched, traced }: Sight,
): DrilledCase {
  const resolved = resolveFailures(failures, fabric);
  if (resolved.kind === 'invalid') throw new RangeError(resolved.error.message);
  const asked = trials.map(({ flow }) => flow);
  const { verdicts } = analyse({ fabric, flows: asked, failures: resolved.sets, controller });
  const flows = trials.flatMap((trial, index): DrilledFlow[] => {
    const verdict = verdicts[index];
    if (verdict === undefined) return [];
    const told = traced?.get(trial.probe.key);
    const observed =
      told === undefined
        ? observedOf(trial, nodes, burst, watched.get(trial.probe.key))
        : observedByTrace(trial, told, nodes);
    const agrees = agreement(verdict.after, observed, trial.flow);
    // Only one thing after the other was watched as a whole.
    const slow = failures.length === 1 && isSlow(verdict.outage, observed);
    return [{ trial, verdict, observed, agrees, isSlow: slow, second: undefined }];
  });
  return { failures, flows, isLate: false, isStale: false };
}

/** The case with what traces say of its flows beside packets. */
export function withSecondOpinion(
  drilled: DrilledCase,
  traced: ReadonlyMap<string, Traced>,
  nodes: ReadonlyMap<string, string>,
): DrilledCase {
  const flows = drilled.flows.map((flow) => {
    const told = traced.get(flow.trial.probe.key);
    return told === undefined ? flow : { ...flow, second: secondOpinion(flow, told, nodes) };
  });
  return { ...drilled, flows };
}

/** Whether packets and traces contradict one another about a flow. */
export function isContradicted({ second }: Pick<DrilledFlow, 'second'>): boolean {
  return second?.packets === 'disagree';
}

/** What a look saw of each trial, in words, as lines that are equal when nothing is different. */
export function seenLines(trials: readonly Trial[], burst: Burst): readonly string[] {
  return trials.map((trial) => {
    const { probe, ask } = trial;
    const seen = burst.flows.get(probe.key);
    const nodes = through(trial, burst).join(' and ');
    const answering = answeringNodes(burst, ask.ip).join(' and ');
    const came = (seen?.received ?? 0) > 0 ? 'answered' : 'not answered';
    const protocol = probe.answering === undefined ? '' : ' udp';
    const port = probe.port === undefined ? '' : `${protocol} port ${probe.port}`;
    return `${probe.from} to ${probe.to}${port}: ${came}, seen at ${nodes || 'no node'}, ${answering || 'nobody'} answers for ${ask.ip}`;
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
  const answerers = answeringNodes(burst, ask.ip);
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

/** The nodes that answer for an address, each once. */
function answeringNodes({ answerers }: Burst, ip: string): readonly string[] {
  return [...new Set((answerers.get(ip) ?? []).map(({ node }) => node))];
}

/** The nodes whose NIC the packets of a flow passed. */
function through({ flow, probe }: Trial, burst: Burst): readonly string[] {
  const seen = burst.flows.get(probe.key);
  return (flow.direction === 'outbound' ? seen?.requestsFrom : seen?.repliesFrom) ?? [];
}
