import type { Failure, FailureSet } from '../../fabric/failure.ts';

/**
 * The orders in which failures of one set may come to bear on the others though they happen at once; none where only one is
 * possible. An ovn-controller that is cut off still goes along with what fails at the same moment, unless it has just written
 * to SB: it computes nothing new while it waits for the answer, which never comes: that may be after it saw
 * some of its tunnels go down and before the others. Those that leave in good order take a moment for it, and see another one leave or do not.
 */
export function ordersOf(
  isCutOff: (chassis: string) => boolean,
  peersOf: (chassis: string) => Iterable<string>,
  set: FailureSet,
): readonly (readonly FailureSet[])[] {
  return set.length < 2
    ? []
    : [...cutFirst(isCutOff, set), ...someTunnelsFirst(isCutOff, peersOf, set), ...oneLeavesFirst(set)];
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

/**
 * Who is cut off with its overlay sees the tunnels to some peers go, writes that to SB, and stands still. One peer, and all but one, stand for the
 * sets between: a gateway takes a role from the first peer on or up to the last one that goes, and a role is of one group.
 */
function someTunnelsFirst(
  isCutOff: (chassis: string) => boolean,
  peersOf: (chassis: string) => Iterable<string>,
  set: FailureSet,
): readonly (readonly FailureSet[])[] {
  return set.flatMap((overlay) => {
    if (overlay.kind !== 'tunnel' || isCutOff(overlay.node)) return [];
    const cut = set.find((each) => each.kind === 'control' && each.node === overlay.node);
    if (cut === undefined) return [];
    const peers = [...peersOf(overlay.node)];
    const goneFirst = peers.flatMap((peer) => {
      const others = peers.filter((each) => each !== peer);
      return others.length > 1 ? [[peer], others] : [[peer]];
    });
    const rest = set.filter((each) => each !== cut);
    return goneFirst.map((gone): readonly FailureSet[] => [
      [cut, ...gone.map((peer): Failure => ({ kind: 'tunnel-pair', nodes: [overlay.node, peer] }))],
      rest,
    ]);
  });
}

function oneLeavesFirst(set: FailureSet): readonly (readonly FailureSet[])[] {
  const leaving = set.filter(({ kind }) => kind === 'ovn-controller-exit');
  if (leaving.length < 2) return [];
  return leaving.map((first) => {
    const later = leaving.filter((other) => other !== first);
    return [set.filter((failure) => !later.includes(failure)), later];
  });
}
