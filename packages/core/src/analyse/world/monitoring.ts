import type { DataPlane } from '../../fabric/fabric.ts';

/** By chassis that is a member of some group: everybody its tunnels run BFD with. */
export type Monitoring = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which tunnels run BFD: a session joins two chassis when a group of at least two rows has one as a member and the
 * other as a member or a witness. Witnesses do not watch each other. ovn-controller, `bfd_calculate_chassis`.
 */
export function monitoring({ groups }: DataPlane): Monitoring {
  const watched = new Map<string, Set<string>>();
  for (const group of new Set(groups.values())) {
    if (group.members.length < 2) continue;
    const all = [...group.members.map(({ chassis }) => chassis), ...group.witnesses];
    for (const { chassis } of group.members) {
      const peers = watched.get(chassis) ?? new Set();
      for (const peer of all) if (peer !== chassis) peers.add(peer);
      watched.set(chassis, peers);
    }
  }
  return watched;
}

/** Whether the tunnel between two chassis runs BFD. */
export function isMonitored(monitored: Monitoring, left: string, right: string): boolean {
  return monitored.get(left)?.has(right) === true || monitored.get(right)?.has(left) === true;
}
