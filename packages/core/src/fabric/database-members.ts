import type { Fabric } from './fabric.ts';

/**
 * The fabric with what is known of where SB's cluster runs: an address of each member, its chassis found by the tunnel address or
 * the hostname, or by `aliases` (address to SB name) where members listen elsewhere. Without addresses nothing is known.
 */
export function withSbMembers(
  fabric: Fabric,
  addresses: readonly string[],
  aliases: ReadonlyMap<string, string> = new Map(),
): Fabric {
  if (addresses.length === 0 || fabric.dataPlane === undefined) return fabric;
  const byAddress = new Map(
    [...fabric.chassis.values()].flatMap(({ name, hostname, details }) => [
      [hostname, name] as const,
      ...(details?.encapsulations ?? []).map(({ ip }) => [ip, name] as const),
    ]),
  );
  const sbMembers = addresses.map((address) => {
    const chassis = aliases.get(address) ?? byAddress.get(address);
    return chassis !== undefined && fabric.chassis.has(chassis) ? chassis : undefined;
  });
  return { ...fabric, dataPlane: { ...fabric.dataPlane, sbMembers } };
}

/** Whether SB is lost with some chassis: no majority of its cluster is left (RAFT). Undefined where its members are not known. */
export function losesSb({ dataPlane }: Fabric, isGone: (chassis: string) => boolean): boolean | undefined {
  const members = dataPlane?.sbMembers;
  if (members === undefined) return undefined;
  const left = members.filter((chassis) => chassis === undefined || !isGone(chassis));
  return left.length * 2 <= members.length;
}
