import type { Fabric } from '../../fabric/fabric.ts';
import type { Failure } from '../../fabric/failure.ts';
import { sweepKinds } from '../sweep/element.ts';

/** Kinds of failure that can be enumerated: one for each node, for each external network, or one in all. */
export const enumerable = [
  ...sweepKinds,
  'upstream',
  'nb',
  'sb',
  'northd',
  'central',
  'berth-controller',
] as const;

export type EnumerableKind = (typeof enumerable)[number];

/** Whether a word is a kind that can be enumerated. */
export function isEnumerable(word: string): word is EnumerableKind {
  return enumerable.some((kind) => kind === word);
}

/** Every failure of some kinds in a fabric, kind by kind in the order given, nodes by SB name. */
export function singleFailures(kinds: readonly EnumerableKind[], fabric: Fabric): readonly Failure[] {
  const nodes = [...fabric.chassis.values()].filter(({ details }) => details?.isRemote !== true);
  return kinds.flatMap((kind): readonly Failure[] => {
    switch (kind) {
      case 'nb':
      case 'sb':
      case 'northd':
      case 'central':
      case 'berth-controller':
        return [{ kind }];
      case 'upstream':
        return networksOf(fabric).map((network) => ({ kind, network }));
      default:
        return nodes.map(({ name }) => ({ kind, node: name }));
    }
  });
}

function networksOf({ dataPlane }: Fabric): readonly string[] {
  const networks = [...(dataPlane?.externals.values() ?? [])].map(({ network }) => network);
  return [...new Set(networks)].sort();
}
