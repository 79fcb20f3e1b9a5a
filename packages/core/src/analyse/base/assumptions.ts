import type { Fabric } from '../../fabric/fabric.ts';
import type { Failure } from '../../fabric/failure.ts';

/** What is taken for granted when failures of these kinds are judged, one sentence each. */
export function assumptionsOf(fabric: Fabric, kinds: ReadonlySet<Failure['kind']>): readonly string[] {
  const always = fabric.dataPlane?.assumptions ?? [];
  return [
    ...always,
    ...(kinds.has('host')
      ? [
          'where NB, SB and northd run is not known: a dead node is taken to leave them working; add sb,northd to the failures if it does not',
        ]
      : []),
  ];
}
