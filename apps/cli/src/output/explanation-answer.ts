import {
  type Explanation,
  type Finding,
  type FlowState,
  lossOf,
  type NodeName,
  namedFailure,
  type Verdict,
} from '@berth/core';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import { answer } from './answer.ts';
import { flowJson, type Naming, named, stepJson } from './verdict-json.ts';

/** An explanation as `-o json` gives it, with nodes by their names. */
export function explanationAnswer(
  explanation: Explanation,
  findings: readonly Finding[],
  naming: Naming,
): ExplanationAnswer {
  const { target, placement, berth, inbound, outbound, now, change, assumptions } = explanation;
  const { nodeName } = naming;
  return answer('Explanation', findings, {
    target,
    placement: placement ? { ...placement, wanted: placement.wanted ?? null } : null,
    berth: berth ? { chassis: berth.chassis, node: nodeName(berth.chassis), how: berth.how } : null,
    inbound: inbound.map((step) => stepJson(step, naming)),
    outbound: outbound.map((step) => stepJson(step, naming)),
    dependsOn: explanation.dependsOn.map(({ failures, reason = null, outageMs = null, ...rest }) => ({
      failures: failures.map((failure) => namedFailure(failure, nodeName)),
      effect: rest.effect,
      targets: rest.targets,
      ofTargets: rest.ofTargets,
      directions: rest.directions,
      reason,
      why: rest.why,
      outageMs,
    })),
    independentOf: explanation.independentOf.map(({ failures, of }) => ({
      failures: failures.map((failure) => namedFailure(failure, nodeName)),
      of,
    })),
    now: {
      outcome: now.outcome,
      addresses: now.addresses.map(({ flow, inbound: into, outbound: out }) => {
        const { direction: _direction, ...address } = flowJson(flow);
        return {
          ...address,
          conditions: flow.conditions,
          ...(flow.idle !== undefined && { idle: flow.idle }),
          inbound: stateJson(into, nodeName),
          outbound: stateJson(out, nodeName),
        };
      }),
    },
    change,
    node: nodeJson(explanation.node, nodeName),
    assumptions,
  });
}

function stateJson(state: FlowState | undefined, nodeName: NodeName) {
  if (!state) return null;
  const { outcome, berth, reason = null, conflict, missing } = state;
  return { outcome, berth: named(berth, nodeName), reason, conflict: conflict.map(nodeName), missing };
}

function nodeJson(node: Explanation['node'], nodeName: NodeName): ExplanationAnswer['node'] {
  if (!node) return null;
  const { chassis, gatewayOf, loss } = node;
  return {
    name: nodeName(chassis),
    chassis,
    gatewayOf,
    loss: loss.flatMap((each) => lossJson(each, chassis, nodeName)),
  };
}

function lossJson(verdict: Verdict, chassis: string, nodeName: NodeName) {
  const effect = lossOf(verdict, chassis);
  if (effect === undefined) return [];
  const to = effect === 'moved' ? named(verdict.after.berth, nodeName) : null;
  return [{ ...flowJson(verdict.flow), effect, to, why: verdict.why }];
}
