import type { Failure } from '@berth/core';
import { databaseNodes, fabricPort, type LabNode, type LabPlan } from '../lab/plan.ts';
import { podNetns } from '../lab/where.ts';

/** Daemons by the name the lab gives them. */
export type DaemonName = 'ovsdb-server' | 'ovs-vswitchd' | 'ovn-controller' | 'nb' | 'sb' | 'northd';

/** A daemon of a node, or of `central`. */
export type DaemonAt = { readonly where: string; readonly daemon: DaemonName };

/**
 * One thing to do to a lab, and to undo. Several failures may share one: it is undone when none of them is left.
 * `link` sets a NIC or bridge of the fabric down, so that the other end loses its carrier and forgets nothing.
 */
export type Effect =
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'daemon'; readonly where: string; readonly daemon: DaemonName }
  | { readonly kind: 'exit-controller'; readonly node: string }
  | { readonly kind: 'restart-vswitchd'; readonly node: string }
  | { readonly kind: 'cut'; readonly nodes: readonly [string, string] }
  | { readonly kind: 'mapping'; readonly node: string; readonly network: string; readonly bridge: string }
  | { readonly kind: 'pod-link'; readonly netns: string }
  | { readonly kind: 'stop-controller' };

/** A bridge mapping of a node, and the external wires that its bridge's NICs are on. */
export type Mapping = {
  readonly node: string;
  readonly network: string;
  readonly bridge: string;
  readonly wires: readonly string[];
};

/** What a failure does. Its names are a lab's own and exist; `mappings` are those in the nodes' databases now. */
export function effectsOf(plan: LabPlan, failure: Failure, mappings: readonly Mapping[]): Effect[] {
  switch (failure.kind) {
    case 'host':
      return hostEffects(plan, failure.node);
    case 'uplink': {
      const wires = failure.network === undefined ? plan.wires : wiresOf(plan, failure.network, mappings);
      return wires.map((wire) => portDown(plan, wire, failure.node));
    }
    case 'mapping':
      return mappings
        .filter(({ node, network }) => node === failure.node && network === (failure.network ?? network))
        .map(({ node, network, bridge }) => ({ kind: 'mapping', node, network, bridge }));
    case 'tunnel':
      return [portDown(plan, 'under', failure.node)];
    case 'tunnel-pair':
      return [{ kind: 'cut', nodes: failure.nodes }];
    case 'control':
      return [portDown(plan, 'mgmt', failure.node)];
    case 'vswitchd':
      return [{ kind: 'daemon', where: failure.node, daemon: 'ovs-vswitchd' }];
    case 'ovn-controller':
      return [{ kind: 'daemon', where: failure.node, daemon: 'ovn-controller' }];
    case 'ovn-controller-exit':
      return [{ kind: 'exit-controller', node: failure.node }];
    case 'zombie':
      return [
        { kind: 'daemon', where: failure.node, daemon: 'ovn-controller' },
        { kind: 'restart-vswitchd', node: failure.node },
      ];
    case 'upstream':
      return wiresOf(plan, failure.network, mappings).map((link) => ({ kind: 'link', link }));
    case 'pod':
      return [{ kind: 'pod-link', netns: podNetns(failure.namespace, failure.name) }];
    case 'berth-controller':
      return [{ kind: 'stop-controller' }];
    case 'nb':
    case 'sb':
      return databaseEffects(plan, failure.kind);
    case 'northd':
      return [{ kind: 'daemon', where: 'central', daemon: 'northd' }];
    case 'central':
      return [
        ...databaseEffects(plan, 'nb'),
        ...databaseEffects(plan, 'sb'),
        { kind: 'daemon', where: 'central', daemon: 'northd' },
      ];
    case 'notready':
    case 'agent':
      return [];
  }
}

/** Everything of a lab that can be undone without knowing what was done. */
export function allEffects(plan: LabPlan): Effect[] {
  return [
    ...plan.wires.map((link): Effect => ({ kind: 'link', link })),
    ...effectsOf(plan, { kind: 'central' }, []),
    ...plan.nodes.flatMap((node) => hostEffects(plan, node.name)),
    { kind: 'stop-controller' },
  ];
}

/** Equal effects have equal keys. */
export function effectKey(effect: Effect): string {
  return JSON.stringify(effect);
}

/** The wires of an external network: by the wire's own name, else by the bridge mappings of that name. */
export function wiresOf(plan: LabPlan, network: string, mappings: readonly Mapping[]): string[] {
  if (plan.wires.includes(network)) return [network];
  const named = mappings.filter((mapping) => mapping.network === network).flatMap(({ wires }) => wires);
  return [...new Set(named)].sort();
}

function hostEffects(plan: LabPlan, node: string): Effect[] {
  const databases = databaseNodes(plan).some(({ name }) => name === node) ? (['nb', 'sb'] as const) : [];
  const daemons = [...databases, 'ovsdb-server', 'ovs-vswitchd', 'ovn-controller'] as const;
  return [
    ...['mgmt', 'under', ...plan.wires].map((bridge) => portDown(plan, bridge, node)),
    ...daemons.map((daemon): Effect => ({ kind: 'daemon', where: node, daemon })),
  ];
}

function databaseEffects(plan: LabPlan, daemon: 'nb' | 'sb'): Effect[] {
  const members = databaseNodes(plan).map(({ name }) => name);
  return (members.length === 0 ? ['central'] : members).map((where) => ({ kind: 'daemon', where, daemon }));
}

function portDown(plan: LabPlan, bridge: string, name: string): Effect {
  const node: LabNode | undefined = plan.nodes.find((one) => one.name === name);
  if (node === undefined) throw new RangeError(`node ${name} is not of lab ${plan.name}`);
  return { kind: 'link', link: fabricPort(bridge, node) };
}
