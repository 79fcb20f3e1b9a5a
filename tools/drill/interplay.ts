import type { Failure } from '@berth/core';
import type { Topology } from './topology.ts';

/**
 * What a failure is to the rest of the network, by what ovn-controller(8) and BFD can see of it:
 * `seen` others notice that a chassis is gone, and choose anew · `frozen` a chassis no longer chooses anew · `dark` a chassis
 * has no wire to the outside, which nobody notices.
 */
export type Facet = 'seen' | 'frozen' | 'dark';

const facets: Readonly<Partial<Record<Failure['kind'], readonly Facet[]>>> = {
  host: ['seen'],
  vswitchd: ['seen'],
  tunnel: ['seen'],
  'tunnel-pair': ['seen'],
  'ovn-controller-exit': ['seen', 'frozen'],
  'ovn-controller': ['frozen'],
  zombie: ['frozen'],
  control: ['frozen'],
  sb: ['frozen'],
  central: ['frozen'],
  uplink: ['dark'],
  mapping: ['dark'],
};

/** Failures that nothing outside of the node (or, for the databases, no node) can tell from another: the other stands for both. */
const twins: Readonly<Partial<Record<Failure['kind'], Failure['kind']>>> = {
  vswitchd: 'host',
  mapping: 'uplink',
  central: 'sb',
};

/**
 * Whether two failures together can do what neither does alone and both side by side do not: somebody would choose another
 * gateway because of the one, and the other has to do with who can be chosen or with who still chooses. It takes a router
 * with a choice: two gateways. Nothing here is asked of the analysis.
 */
export function interplay(one: Failure, other: Failure, topology: Topology): boolean {
  if (topology.gateways.length < 2) return false;
  if (twins[one.kind] !== undefined || twins[other.kind] !== undefined) return false;
  if (contains(one, other) || contains(other, one)) return false;
  if (!isInvolved(one, topology) || !isInvolved(other, topology)) return false;
  return concerns(one, other, topology) || concerns(other, one, topology);
}

/**
 * Whether the first sets off a choice that the second has a part in. A chassis that is no gateway sends by the BFD of its own
 * vswitchd, so it matters that it is frozen only where a chassis leaves in good order.
 */
function concerns(first: Failure, second: Failure, { gateways }: Topology): boolean {
  if (!facetsOf(first).includes('seen')) return false;
  const isGateway = (node: string): boolean => gateways.includes(node);
  const atGateway = nodesOf(first).some(isGateway);
  const other = facetsOf(second);
  if (other.includes('seen')) return atGateway || nodesOf(second).some(isGateway);
  if (other.includes('frozen')) {
    return atGateway && (first.kind === 'ovn-controller-exit' || nodesOf(second).every(isGateway));
  }
  return other.includes('dark') && atGateway && nodesOf(second).some(isGateway);
}

/** Whether what the first does includes what the second does. */
function contains(first: Failure, second: Failure): boolean {
  const [node] = nodesOf(first);
  if (first.kind === 'host' || first.kind === 'tunnel') {
    const within = first.kind === 'host' || second.kind === 'tunnel-pair';
    return within && node !== undefined && nodesOf(second).includes(node);
  }
  return false;
}

/** A node that is no gateway and has no pods has no part in anything. */
function isInvolved(failure: Failure, { gateways, podNodes }: Topology): boolean {
  return nodesOf(failure).every((node) => gateways.includes(node) || podNodes.includes(node));
}

function facetsOf({ kind }: Failure): readonly Facet[] {
  return facets[kind] ?? [];
}

function nodesOf(failure: Failure): readonly string[] {
  if (failure.kind === 'tunnel-pair') return failure.nodes;
  return 'node' in failure ? [failure.node] : [];
}
