import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../../fabric/fabric.ts';
import { nodeNamer } from '../../fabric/node-name.ts';
import type { Home } from '../../finding/home.ts';
import { flowAssumptions, kernelAssumption } from '../base/assumptions.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Outcome, Verdict } from '../verdict.ts';
import { changeOf } from './change.ts';
import { dependenciesOf, lossOf, type Predict } from './dependencies.ts';
import type { AddressState, Berth, ExplainedNode, Explanation } from './explanation.ts';
import { placementOf, type WantedPlacement } from './placement-reason.ts';

/** What an explanation is made from. */
export type ExplanationInput = {
  /** As the user wrote it. */
  readonly target: string;
  /** Those of the target. For a node all there are. */
  readonly flows: readonly ExternalFlow[];
  /** The SB name of the chassis when the target is a node. */
  readonly chassis?: string;
  readonly nb: Snapshot<NbTables>;
  readonly fabric: Fabric;
  readonly predict: Predict;
  readonly wantedOf?: (flow: ExternalFlow) => WantedPlacement | undefined;
  /** Where the objects live that ask for it. */
  readonly home?: Home | undefined;
  /** A controller is at work, and brings about by itself what can be. */
  readonly isControlled?: boolean;
};

/** Everything there is to say about a target, in one pass of predictions. */
export function explanationOf(input: ExplanationInput): Explanation {
  return input.chassis === undefined ? ofFlows(input) : ofNode(input, input.chassis);
}

function ofFlows({
  target,
  flows,
  nb,
  fabric,
  predict,
  wantedOf,
  home,
  isControlled = true,
}: ExplanationInput): Explanation {
  const { verdicts } = predict([], flows);
  const addresses = addressStates(verdicts);
  const berths = berthsOf(addresses, fabric);
  const [first] = addresses;
  const isOne =
    first !== undefined &&
    addresses.every(
      ({ flow }) => flow.target === first.flow.target && flow.placement === first.flow.placement,
    ) &&
    new Set(berths.map((berth) => berth?.chassis)).size === 1;
  const dependencies = dependenciesOf(flows, fabric, predict);
  const stepsOf = (direction: string) =>
    verdicts.find(({ flow }) => flow.direction === direction && flow.externalIp === first?.flow.externalIp)
      ?.steps ?? [];
  const nodeName = nodeNamer(fabric);
  const wanted = isOne ? wantedOf?.(first.flow) : undefined;
  return {
    target,
    placement: isOne ? placementOf(first.flow, nb, wanted) : undefined,
    berth: isOne ? berths[0] : undefined,
    inbound: isOne ? stepsOf('inbound') : [],
    outbound: isOne ? stepsOf('outbound') : [],
    ...dependencies,
    now: { outcome: worstOf(verdicts), addresses },
    change: isOne
      ? changeOf(flows, dependencies.independentOf, {
          ...{ nb, fabric, predict, nodeName },
          ...{ wanted, home, isControlled },
        })
      : [],
    node: undefined,
    assumptions: [
      ...(fabric.dataPlane?.assumptions ?? []),
      ...flowAssumptions(flows),
      ...kernelAssumption(fabric, (name) => switchesNeeded(dependencies.dependsOn).has(name)),
    ],
  };
}

/** Chassis whose vswitchd is among what something depends on. */
function switchesNeeded(dependsOn: Explanation['dependsOn']): ReadonlySet<string> {
  const failures = dependsOn.flatMap((each) => each.failures);
  return new Set(
    failures.flatMap((each) => (each.kind === 'vswitchd' || each.kind === 'zombie' ? [each.node] : [])),
  );
}

function ofNode({ target, flows, fabric, predict }: ExplanationInput, chassis: string): Explanation {
  const { verdicts } = predict([[{ kind: 'host', node: chassis }]], flows);
  const here = verdicts.filter(({ before }) => before.berth === chassis);
  return {
    target,
    placement: undefined,
    berth: undefined,
    inbound: [],
    outbound: [],
    dependsOn: [],
    independentOf: [],
    now: { outcome: worstOf(here), addresses: addressStates(here) },
    change: [],
    node: {
      chassis,
      gatewayOf: gatewaysOf(chassis, fabric),
      loss: verdicts.filter((each) => lossOf(each, chassis)),
    },
    assumptions: [...(fabric.dataPlane?.assumptions ?? []), ...flowAssumptions(here.map(({ flow }) => flow))],
  };
}

/** One for each external address (and port) of each target, with both its directions. Hairpin is told elsewhere. */
function addressStates(verdicts: readonly Verdict[]): readonly AddressState[] {
  const groups = Map.groupBy(
    verdicts.filter(({ flow }) => flow.direction !== 'hairpin'),
    ({ flow }) => JSON.stringify([flow.target, flow.externalIp, flow.externalPort, flow.logicalIp]),
  );
  return [...groups.values()].flatMap((group) => {
    const state = (direction: string) => group.find(({ flow }) => flow.direction === direction)?.before;
    const [first] = group;
    return first ? [{ flow: first.flow, inbound: state('inbound'), outbound: state('outbound') }] : [];
  });
}

function berthsOf(addresses: readonly AddressState[], fabric: Fabric): readonly (Berth | undefined)[] {
  return addresses.map(({ flow, inbound, outbound }) => {
    // Where nobody is met from outside, it lives where it leaves.
    const isSilent = inbound?.berth === undefined && inbound?.conflict.length === 0;
    const state =
      inbound === undefined || (isSilent && outbound?.outcome === 'delivered') ? outbound : inbound;
    const [conflicting] = state?.conflict ?? [];
    if (conflicting !== undefined) return { chassis: state?.berth ?? conflicting, how: 'conflict' };
    if (state?.berth !== undefined) return { chassis: state.berth, how: 'derived' };
    const port = flow.placement === 'distributed' ? flow.logicalPort : `cr-${flow.gatewayPort}`;
    const claim = fabric.claims.get(port ?? '');
    return claim === undefined ? undefined : { chassis: claim, how: 'reported' };
  });
}

function gatewaysOf(chassis: string, { dataPlane, claims }: Fabric): ExplainedNode['gatewayOf'] {
  return [...(dataPlane?.groups ?? [])].flatMap(([routerPort, { members }]) => {
    const member = members.find((each) => each.chassis === chassis);
    if (!member) return [];
    return [{ routerPort, priority: member.priority, isActive: claims.get(`cr-${routerPort}`) === chassis }];
  });
}

/** The worst of what is used; nobody knows it of what nobody uses. */
function worstOf(verdicts: readonly Verdict[]): Outcome {
  const used = verdicts.filter(({ flow }) => flow.idle === undefined);
  const outcomes = new Set((used.length > 0 ? used : verdicts).map(({ before }) => before.outcome));
  return outcomes.has('lost') ? 'lost' : outcomes.has('unknown') ? 'unknown' : 'delivered';
}
