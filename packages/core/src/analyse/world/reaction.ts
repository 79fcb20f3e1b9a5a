import type { Fabric } from '../../fabric/fabric.ts';
import { monitoring } from './monitoring.ts';
import { gatewayClaim } from './sender.ts';
import { claimOf, type World } from './world.ts';

/** What a controller made of a world. */
export type Reaction = {
  /** Read from the rows as they are then. */
  readonly fabric: Fabric;
  /** Chassis whose rows it took out of SB. */
  readonly removed: readonly string[];
  /** Chassis that it keeps from playing the gateway. */
  readonly fenced: readonly string[];
};

/**
 * The world once a controller has changed NB or SB in answer to what failed: what is down stays down, the rows are those of
 * `fabric`. A chassis whose ovn-controller does not work keeps the flows of the rows before. Throws RangeError for a
 * fabric without its data plane.
 */
export function afterReaction(previous: World, reaction: Reaction): World {
  const { fabric, removed, fenced } = reaction;
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new RangeError('the fabric was not read from NB and SB');
  return {
    ...previous,
    fabric,
    plane,
    monitoring: monitoring(plane),
    absent: new Set([...previous.absent, ...removed]),
    fenced: new Set(fenced),
    rivals: previous.rivals.map((rival) => afterReaction(rival, reaction)),
    latest: [],
    previous,
    memo: new Map(),
  };
}

/** What SB names as the chassis of every port in a world: workloads, and the gateways as they stand now. */
export function claimsIn(world: World): ReadonlyMap<string, string> {
  const claims = new Map<string, string>();
  for (const port of world.fabric.claims.keys()) {
    const chassis = claimOf(world, port);
    if (chassis !== undefined) claims.set(port, chassis);
  }
  for (const [port, group] of world.plane.groups) {
    const chassis = gatewayClaim(world, group);
    if (chassis === undefined) claims.delete(`cr-${port}`);
    else claims.set(`cr-${port}`, chassis);
  }
  return claims;
}
