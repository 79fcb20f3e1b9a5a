import type { Failure, FailureSet } from '../../fabric/failure.ts';

/** Kinds of failure that happen to one node, which is what a sweep goes through. */
export type SweepKind = Extract<Failure, { readonly node: string }>['kind'];

export const sweepKinds = [
  'host',
  'uplink',
  'mapping',
  'tunnel',
  'vswitchd',
  'ovn-controller',
  'ovn-controller-exit',
  'zombie',
  'notready',
  'control',
  'agent',
] as const satisfies readonly SweepKind[];

/** How many failures at once flows are told apart for. */
export const atOnce = 3;

/** One kind of failure on one node, by place: `node * kinds.length + kind`. */
export type Elements = {
  readonly kinds: readonly SweepKind[];
  /** SB names, sorted. */
  readonly nodes: readonly string[];
  readonly placeOf: ReadonlyMap<string, number>;
};

export function elementsOf(chassis: Iterable<string>, kinds: readonly SweepKind[]): Elements {
  const nodes = [...chassis].sort();
  return { kinds: [...new Set(kinds)], nodes, placeOf: new Map(nodes.map((node, place) => [node, place])) };
}

export function elementCount({ kinds, nodes }: Elements): number {
  return kinds.length * nodes.length;
}

export function failureAt({ kinds, nodes }: Elements, element: number): Failure {
  const node = nodes[Math.floor(element / kinds.length)] ?? '';
  const kind = kinds[element % kinds.length] ?? 'host';
  return failureOf(kind, node);
}

export function failureOf(kind: SweepKind, node: string): Failure {
  return { kind, node };
}

/** The elements of a set of failures; undefined when it has one that the sweep does not go through. */
export function elementsIn(elements: Elements, set: FailureSet): readonly number[] | undefined {
  const found: number[] = [];
  for (const failure of set) {
    if (!('node' in failure) || ('network' in failure && failure.network !== undefined)) return undefined;
    const node = elements.placeOf.get(failure.node);
    const kind = elements.kinds.indexOf(failure.kind);
    if (node === undefined || kind < 0) return undefined;
    found.push(node * elements.kinds.length + kind);
  }
  return found;
}
