import type { FailureSet } from '@berth/core';
import { parseFailures, sweepKinds } from '@berth/core';
import { network, type Topology } from './topology.ts';

/** Those that a kubelet or an agent alone notices are tried once, not on every node. */
const nodeKinds = sweepKinds.filter((kind) => kind !== 'notready' && kind !== 'agent');

/** Every failure of one thing that a topology can have, as it is written. */
export function singles({ nodes, podNodes }: Topology): readonly string[] {
  return [
    ...nodes.flatMap((node) => nodeKinds.map((kind) => `${kind}:${node}`)),
    ...pairsOf(nodes).map(([a, b]) => `tunnel:${a}-${b}`),
    ...podNodes.slice(0, 1).flatMap((node) => [`pod:v1/dist-${node}`, `pod:v1/cent-${node}`]),
    ...[`upstream:${network}`, 'nb', 'sb', 'northd', 'central'],
    ...[`notready:${nodes[0]}`, `agent:${nodes[0]}`],
  ];
}

/** Every two single failures at once. */
export function pairs(topology: Topology): readonly string[] {
  return pairsOf(singles(topology)).map((both) => both.join());
}

/** One thing after the other, each when the one before has settled. */
export function sequences({ nodes }: Topology): readonly string[] {
  const ordered = nodes.flatMap((a) => nodes.filter((b) => b !== a).map((b) => [a, b] as const));
  return [
    ...ordered.flatMap(([a, b]) => [
      `host:${a};host:${b}`,
      `ovn-controller:${a};host:${b}`,
      `ovn-controller-exit:${a};host:${b}`,
      `control:${a};host:${b}`,
      `host:${a};ovn-controller-exit:${b}`,
      `tunnel:${a}-${b};host:${a}`,
      `host:${a};control:${b}`,
      `host:${a};ovn-controller:${b}`,
    ]),
    ...nodes.flatMap((node) => [
      `sb;host:${node}`,
      `host:${node};sb`,
      `control:${node};tunnel:${node}`,
      `tunnel:${node};control:${node}`,
      `ovn-controller:${node};vswitchd:${node}`,
      `ovn-controller:${node};tunnel:${node}`,
      `ovn-controller-exit:${node};tunnel:${node}`,
    ]),
  ];
}

/** The sets of a written case. */
export function setsOf(text: string, { nodes }: Topology): readonly FailureSet[] {
  const parsed = parseFailures(text, nodes);
  if (parsed.kind === 'invalid') throw new RangeError(`${text}: ${parsed.error.message}`);
  return parsed.sets;
}

function pairsOf(items: readonly string[]): readonly (readonly [string, string])[] {
  return items.flatMap((a, place) => items.slice(place + 1).map((b) => [a, b] as const));
}
