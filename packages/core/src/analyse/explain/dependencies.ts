import type { Fabric } from '../../fabric/fabric.ts';
import type { Failure, FailureSet } from '../../fabric/failure.ts';
import { nodeNamer } from '../../fabric/node-name.ts';
import type { ExternalFlow } from '../flow.ts';
import type { Scenario, Verdict } from '../verdict.ts';
import type { Dependency, Independence } from './explanation.ts';
import { singleFailures } from './single-failures.ts';

/** What becomes of flows under a sequence of failures. */
export type Predict = (failures: readonly FailureSet[], flows: readonly ExternalFlow[]) => Scenario;

/** Kinds that are tried on every node that could have a part. */
const nodeKinds = [
  'host',
  'uplink',
  'mapping',
  'tunnel',
  'vswitchd',
  'ovn-controller',
  'ovn-controller-exit',
  'zombie',
] as const;

/**
 * What some flows depend on and what not, found by breaking each thing and looking; nothing is taken from the placement.
 * Of flows that are not delivered now nothing is said.
 */
export function dependenciesOf(
  all: readonly ExternalFlow[],
  fabric: Fabric,
  predict: Predict,
): { readonly dependsOn: readonly Dependency[]; readonly independentOf: readonly Independence[] } {
  const flows = predict([], all).verdicts.flatMap(({ flow, before }) =>
    before.outcome === 'delivered' && (flow.direction !== 'hairpin' || all.length === 1) ? [flow] : [],
  );
  if (flows.length === 0) return { dependsOn: [], independentOf: [] };
  const tryOut = (set: FailureSet) => dependenciesOn(set, predict([set], flows).verdicts);
  const hosts = singleFailures(['host'], fabric);
  const others = singleFailures(nodeKinds.slice(1), fabric).filter(partOf(concernedNodes(flows, fabric)));
  const shared = singleFailures(['upstream', 'nb', 'sb', 'northd'], fabric);
  const singles = [...hosts, ...others, ...shared].map((failure) => ({ failure, found: tryOut([failure]) }));
  const gateways = gatewayHosts(flows, fabric);
  const byGateways = gateways.length > 0 ? tryOut(gateways) : [];
  const lostAlone = singles
    .filter(({ failure }) => gateways.some((gateway) => isSame(failure, gateway)))
    .flatMap(({ found }) => found.flatMap(({ effect, targets }) => (effect === 'lost' ? targets : [])));
  const together = gateways.length > 1 ? byGateways.flatMap(withoutTargets(new Set(lostAlone))) : [];
  const spared = new Set(
    singles.flatMap(({ failure, found }) => (found.length > 0 ? [nodeOf(failure)] : [])),
  );
  const central = singles
    .filter(({ failure, found }) => found.length === 0 && isCentral(failure))
    .map(({ failure }) => failure);
  const isFree = gateways.length > 0 && byGateways.length === 0;
  return {
    dependsOn: [
      ...singles.flatMap(({ found }) => found),
      ...together.filter(({ effect }) => effect !== 'moved'),
    ].sort(byEffect),
    independentOf: [
      ...(isFree ? [{ failures: gateways, of: 'gateways' } as const] : []),
      ...(central.length > 0 ? [{ failures: central, of: 'central' } as const] : []),
      ...hosts
        .filter((host) => !spared.has(nodeOf(host)))
        .map((host) => ({ failures: [host], of: 'node' }) as const),
    ],
  };
}

/** The dependency without some of its targets; nothing when none is left. */
function withoutTargets(known: ReadonlySet<string>): (dependency: Dependency) => readonly Dependency[] {
  return (dependency) => {
    const targets = dependency.targets.filter((target) => !known.has(target));
    return targets.length === 0 ? [] : [{ ...dependency, targets }];
  };
}

const rank = { lost: 0, unknown: 1, moved: 2 } as const;

function byEffect(left: Dependency, right: Dependency): number {
  return rank[left.effect] - rank[right.effect];
}

/**
 * What a set does to flows that were delivered before: the worst of it for each target, targets of one effect together.
 * Nothing when they notice nothing.
 */
function dependenciesOn(failures: FailureSet, verdicts: readonly Verdict[]): readonly Dependency[] {
  const worst = new Map<string, Dependency['effect']>();
  for (const verdict of verdicts) {
    const { target } = verdict.flow;
    const [effect, before] = [effectOf(verdict), worst.get(target)];
    if (effect !== undefined && (before === undefined || rank[effect] < rank[before]))
      worst.set(target, effect);
  }
  const all = new Set(verdicts.map(({ flow }) => flow.target)).size;
  return (['lost', 'unknown', 'moved'] as const).flatMap((effect) => {
    const some = verdicts.filter(
      (verdict) => effectOf(verdict) === effect && worst.get(verdict.flow.target) === effect,
    );
    const [first] = some;
    if (first === undefined) return [];
    const outages = some.flatMap(({ outage }) => outage?.ms ?? []);
    return [
      {
        failures,
        effect,
        targets: [...new Set(some.map(({ flow }) => flow.target))],
        ofTargets: all,
        directions: [...new Set(some.map(({ flow }) => flow.direction))],
        reason: first.reason,
        why: first.why,
        outageMs: outages.length > 0 ? Math.max(...outages) : undefined,
      },
    ];
  });
}

/** What a flow that was delivered notices of its failures; undefined for nothing, and for one that was broken before. */
export function effectOf({ before, after, moved }: Verdict): Dependency['effect'] | undefined {
  if (before.outcome !== 'delivered') return undefined;
  if (after.outcome !== 'delivered') return after.outcome;
  return moved ? 'moved' : undefined;
}

/**
 * What the loss of a node does to a flow. What lives there and of which nobody can tell whether it works, as where ovn-controller hangs, is not
 * left as it was either.
 */
export function lossOf(verdict: Verdict, chassis: string): Dependency['effect'] | undefined {
  const { before, after } = verdict;
  if (before.outcome !== 'unknown' || before.berth !== chassis) return effectOf(verdict);
  if (after.outcome !== 'delivered') return after.outcome;
  return after.berth === chassis ? undefined : 'moved';
}

/** Hosts of every member of the flows' gateway groups that has a chassis, without those that have the workloads. */
function gatewayHosts(flows: readonly ExternalFlow[], fabric: Fabric): FailureSet {
  const workloads = workloadNodes(flows, fabric);
  const members = memberNodes(flows, fabric).filter((node) => !workloads.has(node));
  return members.map((node) => ({ kind: 'host', node }));
}

function memberNodes(flows: readonly ExternalFlow[], fabric: Fabric): readonly string[] {
  const { chassis, dataPlane, gateways } = fabric;
  const ports = new Set(flows.flatMap(({ gatewayPort }) => gatewayPort ?? []));
  const names = [...ports].flatMap((port) =>
    (dataPlane?.groups.get(port)?.members ?? gateways.get(port) ?? []).map((member) => member.chassis),
  );
  const nodeName = nodeNamer(fabric);
  return [...new Set(names)]
    .filter((name) => chassis.has(name))
    .sort((left, right) => (nodeName(left) < nodeName(right) ? -1 : 1));
}

function workloadNodes(flows: readonly ExternalFlow[], { claims }: Fabric): ReadonlySet<string> {
  return new Set(flows.flatMap(({ logicalPort = '' }) => claims.get(logicalPort) ?? []));
}

function concernedNodes(flows: readonly ExternalFlow[], fabric: Fabric): ReadonlySet<string> {
  const witnesses = flows.flatMap(({ gatewayPort = '' }) => [
    ...(fabric.dataPlane?.groups.get(gatewayPort)?.witnesses ?? []),
  ]);
  return new Set([...memberNodes(flows, fabric), ...workloadNodes(flows, fabric), ...witnesses]);
}

function partOf(nodes: ReadonlySet<string>): (failure: Failure) => boolean {
  return (failure) => nodes.has(nodeOf(failure) ?? '');
}

function nodeOf(failure: Failure): string | undefined {
  return 'node' in failure ? failure.node : undefined;
}

function isCentral({ kind }: Failure): boolean {
  return kind === 'nb' || kind === 'sb' || kind === 'northd';
}

function isSame(left: Failure, right: Failure): boolean {
  return left.kind === right.kind && nodeOf(left) === nodeOf(right);
}
