import type { GatewayGroup } from '../../fabric/fabric.ts';
import { actingGateways, actsAsGateway } from './election.ts';
import { bfdUp, seemsUsable } from './tunnel.ts';
import { presentMembers, reachesSb, viewOf, type World } from './world.ts';

/**
 * The member to which a chassis sends what must leave by a group's gateway; undefined when it drops it. With several
 * members the chassis looks at its own tunnels and not at SB (`bundle active_backup`); with one, SB's claim decides. One that stands still
 * with the order of an earlier time goes by that.
 */
export function chosenGateway(
  world: World,
  from: string,
  group: GatewayGroup,
  formerOrder?: readonly string[],
): string | undefined {
  const flows = viewOf(world, from);
  if (flows === undefined) return undefined;
  if (actsAsGateway(world, from, group)) return from;
  if (formerOrder !== undefined && world.frozen.has(from)) return formerlyChosen(world, from, formerOrder);
  const present = presentMembers(flows, group);
  if (present.length < 2) return gatewayClaim(flows, group);
  return present.find(({ chassis }) => chassis !== from && seemsUsable(world, from, chassis))?.chassis;
}

/**
 * The same by an order of before. A gateway that left the group ended its side of BFD, so that the tunnel to it is down at this end as well, unless
 * another group has the two; with a single one no BFD counts (`bundle` is not used).
 */
function formerlyChosen(world: World, from: string, order: readonly string[]): string | undefined {
  if (order.length < 2) return order[0];
  return order.find((chassis) => chassis !== from && bfdUp(world, from, chassis));
}

/** The chassis that SB names as the gateway: who acts and could say so, else whom it named before. */
export function gatewayClaim(world: World, group: GatewayGroup): string | undefined {
  const acting = actingGateways(world, group).filter(
    (chassis) => viewOf(world, chassis) === world && reachesSb(world, chassis),
  );
  const [first] = acting;
  if (first !== undefined) return first;
  const before = world.previous === undefined ? claimed(world, group) : gatewayClaim(world.previous, group);
  return before !== undefined && world.absent.has(before) ? undefined : before;
}

function claimed({ plane, fabric }: World, group: GatewayGroup): string | undefined {
  for (const [port, { name }] of plane.groups) {
    if (name === group.name) return fabric.claims.get(`cr-${port}`) ?? fabric.claims.get(port);
  }
  return undefined;
}
