import type { Fabric } from '../../fabric/fabric.ts';
import type { FailureSet } from '../../fabric/failure.ts';

/** What is taken for granted when these failures are judged, one sentence each. */
export function assumptionsOf(fabric: Fabric, failures: readonly FailureSet[]): readonly string[] {
  const always = fabric.dataPlane?.assumptions ?? [];
  const kinds = new Set(failures.flat().map(({ kind }) => kind));
  return [
    ...always,
    ...(kinds.has('host')
      ? [
          'where NB, SB and northd run is not known: a dead node is taken to leave them working; add sb,northd to the failures if it does not',
        ]
      : []),
  ];
}
