import type { GatewayGroup } from '../../fabric/fabric.ts';
import { bfdUp } from './tunnel.ts';
import { groupIn, presentMembers, remember, viewOf, type World } from './world.ts';

/**
 * Whether a chassis acts as the gateway of a group: what its ovn-controller decided in the world its flows are of.
 * Every member decides for itself, so there may be none or several. ovn-controller, `ha_chassis_group_is_active`.
 */
export function actsAsGateway(world: World, chassis: string, group: GatewayGroup): boolean {
  const flows = viewOf(world, chassis);
  return flows !== undefined && wins(flows, chassis, group);
}

/** Every chassis that acts as the gateway of a group, in the order of election: those that were members and know no better last. */
export function actingGateways(world: World, group: GatewayGroup): readonly string[] {
  return remember(world, `acting ${group.name}`, isNames, () =>
    everMembers(world, group).filter(
      (chassis) => world.fabric.chassis.has(chassis) && actsAsGateway(world, chassis, group),
    ),
  );
}

/** The members of a group, and after them those that rows before these made members. */
function everMembers(world: World, group: GatewayGroup): readonly string[] {
  const names = groupIn(world, group).members.map(({ chassis }) => chassis);
  let { plane } = world;
  for (let at = world.previous; at !== undefined; at = at.previous) {
    if (at.plane === plane) continue;
    ({ plane } = at);
    for (const { chassis } of groupIn(at, group).members) if (!names.includes(chassis)) names.push(chassis);
  }
  return names;
}

function wins(world: World, chassis: string, asked: GatewayGroup): boolean {
  const group = groupIn(world, asked);
  if (group.isUnclaimed) return false;
  if (group.members.length === 1) return group.members[0]?.chassis === chassis;
  const present = presentMembers(world, group);
  if (!present.some((member) => member.chassis === chassis)) return false;
  if (present.length === 1) return true;
  const alive = present.filter(
    (member) => member.chassis === chassis || bfdUp(world, chassis, member.chassis),
  );
  if (alive.length === 1) return seesWitness(world, chassis, group);
  return alive[0]?.chassis === chassis;
}

/** A member that sees no other one acts only while some witness of the group proves that it is not itself cut off. */
function seesWitness(world: World, chassis: string, { witnesses }: GatewayGroup): boolean {
  for (const witness of witnesses) {
    if (witness !== chassis && !world.absent.has(witness) && bfdUp(world, chassis, witness)) return true;
  }
  return false;
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}
