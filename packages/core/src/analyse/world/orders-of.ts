import type { Failure, FailureSet } from '../../fabric/failure.ts';

/**
 * The orders in which failures of one set may come to bear on the others though they happen at once; none where only one is
 * possible. An ovn-controller that is cut off still goes along with what fails at the same moment, unless it has just written
 * to SB: it computes nothing new while it waits for the answer, which never comes. Those that leave in good order take a moment
 * for it, and see another one leave or do not.
 */
export function ordersOf(
  isCutOff: (chassis: string) => boolean,
  set: FailureSet,
): readonly (readonly FailureSet[])[] {
  return set.length < 2 ? [] : [...cutFirst(isCutOff, set), ...oneLeavesFirst(set)];
}

function cutFirst(
  isCutOff: (chassis: string) => boolean,
  set: FailureSet,
): readonly (readonly FailureSet[])[] {
  const isCut = (failure: Failure): boolean => failure.kind === 'control' && !isCutOff(failure.node);
  const cut = set.filter(isCut);
  return cut.length === 0 || cut.length === set.length
    ? []
    : [[cut, set.filter((failure) => !isCut(failure))]];
}

function oneLeavesFirst(set: FailureSet): readonly (readonly FailureSet[])[] {
  const leaving = set.filter(({ kind }) => kind === 'ovn-controller-exit');
  if (leaving.length < 2) return [];
  return leaving.map((first) => {
    const later = leaving.filter((other) => other !== first);
    return [set.filter((failure) => !later.includes(failure)), later];
  });
}
