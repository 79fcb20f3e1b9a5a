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

/** Two things at once, those that have to do with each other. */
export function pairs({ nodes }: Topology): readonly string[] {
  const kinds = ['host', 'uplink', 'mapping', 'tunnel', 'vswitchd', 'ovn-controller', 'zombie', 'control'];
  const couples = pairsOf(nodes);
  const twoNodes = couples.flatMap(([a, b]) =>
    kinds.flatMap((left) => kinds.map((right) => `${left}:${a},${right}:${b}`)),
  );
  const oneNode = nodes.flatMap((node) =>
    ['uplink', 'tunnel', 'control', 'ovn-controller'].flatMap((left, place, all) =>
      all.slice(place + 1).map((right) => `${left}:${node},${right}:${node}`),
    ),
  );
  const withPair = couples.flatMap(([a, b]) =>
    nodes.flatMap((node) => ['host', 'uplink', 'tunnel'].map((kind) => `tunnel:${a}-${b},${kind}:${node}`)),
  );
  const twoCuts = couples.flatMap(([a, b], place) =>
    couples.slice(place + 1).map(([c, d]) => `tunnel:${a}-${b},tunnel:${c}-${d}`),
  );
  const central = nodes.flatMap((node) =>
    ['sb', 'northd', 'central'].flatMap((what) =>
      ['host', 'tunnel', 'vswitchd', 'ovn-controller-exit', 'zombie'].map(
        (kind) => `${what},${kind}:${node}`,
      ),
    ),
  );
  return [...twoNodes, ...oneNode, ...withPair, ...twoCuts, ...central];
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

function pairsOf(nodes: readonly string[]): readonly (readonly [string, string])[] {
  return nodes.flatMap((a, place) => nodes.slice(place + 1).map((b) => [a, b] as const));
}
