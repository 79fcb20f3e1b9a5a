import type { ExternalFlow, NodeName, Origin, Step, Verdict } from '@berth/core';
import type { VerdictAnswer } from '../schema/whatif.ts';
import { countedAs } from './whatif-totals.ts';

/** What names things in an answer: nodes, and the fields behind rows. */
export type Naming = {
  readonly nodeName: NodeName;
  readonly originsOf: (uuid: string) => readonly Origin[];
};

/** A verdict as `-o json` gives it. */
export function verdictJson(verdict: Verdict, naming: Naming): VerdictAnswer {
  const { flow, before, after, placementAfter, moved, reason = null, outage, why, steps } = verdict;
  const { nodeName } = naming;
  const state = ({ outcome, berth }: Verdict['after']) => ({ outcome, berth: named(berth, nodeName) });
  return {
    ...flowJson(flow),
    before: state(before),
    after: state(after),
    ...(placementAfter && { placementAfter }),
    moved,
    countedAs: countedAs(verdict),
    reason,
    conflict: after.conflict.map(nodeName),
    missing: after.missing,
    outage: outage ? { ms: outage.ms, terms: { ...outage.terms } } : null,
    why,
    steps: steps.map((step) => stepJson(step, naming)),
  };
}

/** Whose packets, in the order of the columns. */
export function flowJson(flow: ExternalFlow) {
  const { target, direction, externalIp = null, externalPort, router, logicalIp, logicalPort = null } = flow;
  return {
    target,
    direction,
    externalIp,
    ...(externalPort && { externalPort }),
    router,
    logicalIp,
    logicalPort,
    placement: flow.placement,
  };
}

/** A step with the fields behind its rows. */
export function stepJson({ at, does, rows, origins }: Step, { nodeName, originsOf }: Naming) {
  const fields = origins.length > 0 ? origins : rows.flatMap(({ uuid }) => originsOf(uuid));
  return { at: named(at, nodeName), does, rows, origins: distinct(fields) };
}

export function named(chassis: string | undefined, nodeName: NodeName): string | null {
  return chassis === undefined ? null : nodeName(chassis);
}

function distinct(origins: readonly Origin[]): readonly Origin[] {
  return [...new Map(origins.map((each) => [JSON.stringify(each), each])).values()];
}
