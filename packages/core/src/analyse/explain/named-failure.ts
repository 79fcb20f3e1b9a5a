import { type Failure, type FailureSet, formatFailure } from '../../fabric/failure.ts';
import type { NodeName } from '../../fabric/node-name.ts';

/** A resolved failure as its users write it: with their nodes' names. */
export function namedFailure(failure: Failure, nodeName: NodeName): string {
  if (failure.kind === 'tunnel-pair') {
    const [from, to] = failure.nodes;
    return formatFailure({ ...failure, nodes: [nodeName(from), nodeName(to)] });
  }
  return formatFailure('node' in failure ? { ...failure, node: nodeName(failure.node) } : failure);
}

/** Sets in order, each as its failures are written. */
export function namedSets(sets: readonly FailureSet[], nodeName: NodeName): readonly (readonly string[])[] {
  return sets.map((set) => set.map((failure) => namedFailure(failure, nodeName)));
}
