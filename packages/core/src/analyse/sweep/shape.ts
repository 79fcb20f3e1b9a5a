import type { GatewayGroup } from '../../fabric/fabric.ts';
import { keepsFlows, saysOf } from '../../fabric/frozen.ts';
import { egressObstacle } from '../world/egress.ts';
import { pairKey } from '../world/failed.ts';
import { isMonitored } from '../world/monitoring.ts';
import { gatewayClaim } from '../world/sender.ts';
import type { World } from '../world/world.ts';
import type { Elements } from './element.ts';
import { type RoleOf, rolesBy } from './role.ts';

/**
 * The chassis that decide over a gateway group, and how they relate. Groups with equal keys have equal fates once the
 * chassis of one are put in the places of the other's; failures of any other chassis do nothing to them.
 */
export type GroupShape = {
  readonly key: string;
  readonly chassis: readonly string[];
  /** How a workload's chassis stands to these: all that a fate depends on. */
  readonly roleOf: RoleOf;
};

/**
 * The shape of a group on a network, for sets of up to `size` failures at once. The witnesses of a group are all alike, so
 * losing `size` of more than that changes nothing; only where they are few does each of them count.
 */
export function shapeOfGroup(
  base: World,
  { nodes }: Elements,
  group: GatewayGroup,
  network: string | undefined,
  size: number,
): GroupShape {
  const members = group.members.map(({ chassis, present }) => (present ? chassis : undefined));
  const claim = gatewayClaim(base, group);
  // One of the witnesses may be the workload's own chassis, which is counted for itself.
  const few = group.witnesses.size - 1 <= size;
  const all = [...members, ...(few ? group.witnesses : []), claim].filter((name) => name !== undefined);
  const chassis = [...new Set(all)];
  const placeOf = (name: string | undefined): number => (name === undefined ? -1 : chassis.indexOf(name));
  const key = [
    members.map(placeOf).join(),
    few ? [...group.witnesses].map(placeOf).join() : 'many',
    placeOf(claim),
    chassis.map((name) => egressObstacle(base, name, network) ?? '').join(),
    chassis.map((name) => watchedBy(base, name, chassis)).join(),
    chassis.map((name) => traitsOf(base, name)).join(' '),
  ].join(' / ');
  const roleOf = rolesBy((home) => {
    const name = nodes[home] ?? '';
    const place = placeOf(name);
    return place < 0
      ? { text: traitsOf(base, name), number: watchedBy(base, name, chassis) }
      : { text: 'place', number: place };
  });
  return { key, chassis, roleOf };
}

/** Which of these run BFD with a chassis, and to which the tunnel is down, as a number with one bit for each. */
function watchedBy({ monitoring, failed }: World, name: string, chassis: readonly string[]): number {
  let bits = 0;
  for (const other of chassis) bits = bits * 2 + (isMonitored(monitoring, other, name) ? 1 : 0);
  if (failed.pairs.size === 0) return bits;
  for (const other of chassis) bits = bits * 2 + (failed.pairs.has(pairKey(other, name)) ? 1 : 0);
  return bits;
}

/** What a chassis is by itself: the encapsulations it speaks, and what is wrong with it to begin with. */
export function traitsOf({ fabric, failed, frozen }: World, name: string): string {
  const all = fabric.chassis.get(name)?.details?.encapsulations ?? [];
  const types = all.length === 1 ? (all[0]?.type ?? '') : all.map(({ type }) => type).join();
  const isSound = !failed.emptied.has(name) && !failed.controllers.has(name) && !frozen.has(name);
  if (isSound) return types;
  const isAlive = frozen.has(name) && saysOf(fabric, name, keepsFlows);
  const flaws = [failed.emptied.has(name), failed.controllers.has(name), frozen.has(name), isAlive];
  return `${types} flawed ${flaws.map(Number).join('')}`;
}
