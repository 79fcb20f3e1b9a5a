import { type Failure, type FailureSet, formatFailure } from '@berth/core';
import { setsOf } from './cases.ts';
import type { Topology } from './topology.ts';

/** A renaming of nodes and VPCs after which a topology is what it was. */
export type Symmetry = {
  readonly nodes: ReadonlyMap<string, string>;
  /** By namespace: `v1`, `v2`. */
  readonly namespaces: ReadonlyMap<string, string>;
};

/**
 * Every renaming that leaves a topology as it is: each VPC's gateways are, in order, those of the VPC it becomes, and pods run
 * where pods ran. Names decide nothing in OVN as long as priorities differ. The renaming of nothing is the first.
 */
export function symmetriesOf({ nodes, gateways, podNodes, vpcs }: Topology): readonly Symmetry[] {
  const orders = vpcs === 1 ? [gateways] : [gateways, gateways.toReversed()];
  return permutations(nodes).flatMap((renamed) => {
    const to = new Map(nodes.map((node, place) => [node, renamed[place] ?? node]));
    const stays = nodes.every((node) => podNodes.includes(node) === podNodes.includes(to.get(node) ?? ''));
    if (!stays) return [];
    return permutations(orders.map((_, place) => place)).flatMap((becomes) => {
      const fits = orders.every((order, place) => {
        const wanted = orders[becomes[place] ?? place] ?? [];
        return order.every((node, rank) => to.get(node) === wanted[rank]);
      });
      const names = becomes.map((other, place) => [`v${place + 1}`, `v${other + 1}`] as const);
      return fits ? [{ nodes: to, namespaces: new Map(names) }] : [];
    });
  });
}

/** The one of a case's equals that is played: of all its renamings, failures of a set in order, the first by name. */
export function representative(text: string, topology: Topology, symmetries: readonly Symmetry[]): string {
  const sets = setsOf(text, topology);
  const [first = text] = symmetries.map((symmetry) => renamedText(sets, symmetry)).sort();
  return first;
}

/** One case of each orbit, in the order in which orbits come up. */
export function representatives(cases: readonly string[], topology: Topology): readonly string[] {
  const symmetries = symmetriesOf(topology);
  return [...new Set(cases.map((text) => representative(text, topology, symmetries)))];
}

function renamedText(sets: readonly FailureSet[], symmetry: Symmetry): string {
  const renamed = sets.map((set) => set.map((failure) => renameFailure(failure, symmetry)));
  return renamed.map((set) => set.map(formatFailure).sort().join(',')).join(';');
}

function renameFailure(failure: Failure, { nodes, namespaces }: Symmetry): Failure {
  const renamed = (node: string): string => nodes.get(node) ?? node;
  if (failure.kind === 'tunnel-pair') {
    const [left, right] = failure.nodes.map(renamed).sort();
    return { ...failure, nodes: [left ?? '', right ?? ''] };
  }
  if (failure.kind === 'pod') {
    const [sort, ...node] = failure.name.split('-');
    const namespace = namespaces.get(failure.namespace) ?? failure.namespace;
    return { ...failure, namespace, name: `${sort}-${renamed(node.join('-'))}` };
  }
  return 'node' in failure ? { ...failure, node: renamed(failure.node) } : failure;
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, place) =>
    permutations(items.toSpliced(place, 1)).map((rest) => [item, ...rest]),
  );
}
