import type { DataPlane } from '../../fabric/fabric.ts';

/** A group of at least two rows: its members run BFD with each other and with its witnesses. */
export type WatchedGroup = { readonly members: ReadonlySet<string>; readonly witnesses: ReadonlySet<string> };

/** By chassis: the groups that it is a member of. */
export type Monitoring = ReadonlyMap<string, readonly WatchedGroup[]>;

/**
 * Which tunnels run BFD: a session joins two chassis when a group of at least two rows has one as a member and the
 * other as a member or a witness. Witnesses do not watch each other. ovn-controller, `bfd_calculate_chassis`.
 */
export function monitoring({ groups }: DataPlane): Monitoring {
  const watched = new Map<string, WatchedGroup[]>();
  for (const group of new Set(groups.values())) {
    if (group.members.length < 2) continue;
    const members = new Set(group.members.map(({ chassis }) => chassis));
    const one = { members, witnesses: group.witnesses };
    for (const chassis of members) {
      const known = watched.get(chassis);
      if (known === undefined) watched.set(chassis, [one]);
      else known.push(one);
    }
  }
  return watched;
}

/** Whether the tunnel between two chassis runs BFD. */
export function isMonitored(monitored: Monitoring, left: string, right: string): boolean {
  return left !== right && (watches(monitored.get(left), right) || watches(monitored.get(right), left));
}

/** Everybody whom a chassis, as a member of groups, runs BFD with. */
export function watchedPeers(monitored: Monitoring, chassis: string): ReadonlySet<string> {
  const peers = new Set<string>();
  for (const { members, witnesses } of monitored.get(chassis) ?? []) {
    for (const peer of members) peers.add(peer);
    for (const peer of witnesses) peers.add(peer);
  }
  peers.delete(chassis);
  return peers;
}

function watches(groups: readonly WatchedGroup[] | undefined, peer: string): boolean {
  if (groups === undefined) return false;
  for (const { members, witnesses } of groups) if (witnesses.has(peer) || members.has(peer)) return true;
  return false;
}
