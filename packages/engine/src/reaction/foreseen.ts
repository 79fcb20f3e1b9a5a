import { type Fabric, isReportOf, isUnseen, type NodeHealth, nodeHealthIn, type World } from '@berth/core';

/** What the nodes' agents will report in a world. */
export type Foreseen = {
  readonly health: ReadonlyMap<string, NodeHealth>;
  /** Chassis that will be confirmed dead. */
  readonly dead: ReadonlySet<string>;
  /** Chassis that will be known to stand still by what they have not carried out, as their agents are silent. */
  readonly still: ReadonlySet<string>;
};

/**
 * What agents will report once the failures of a world have settled, by node: silence from a node that is down or cut off,
 * else its uplinks, its tunnels and its ovn-controller. `agents` are the nodes that have one, of which those with the last words `silent` say nothing
 * more, whatever fails; a fenced node is fenced from all `routerMacs`.
 */
export function foresee(
  world: World,
  agents: ReadonlyMap<string, string>,
  silent: readonly NodeHealth[],
  routerMacs: ReadonlySet<string>,
): Foreseen {
  const lastWord = (chassis: string): NodeHealth | undefined => {
    const own = world.fabric.chassis.get(chassis);
    return own && silent.find((each) => isReportOf(each, own));
  };
  const health = new Map(
    [...agents].map(([node, chassis]) => [
      node,
      {
        ...(lastWord(chassis) ?? nodeHealthIn(world, { node, chassis }, [...agents.values()])),
        ...(world.fenced.has(chassis) && { fenced: routerMacs }),
      },
    ]),
  );
  const dead = deadIn(world, health);
  const unheard = [...health.values()].flatMap(({ chassis, isFresh }) =>
    isFresh === false ? (chassis ?? []) : [],
  );
  return {
    health,
    dead,
    still: new Set(unheard.filter((chassis) => isStuck(world, chassis) && !dead.has(chassis))),
  };
}

/** Silent, and seen by no living node though at least one watches it. */
function deadIn(world: World, health: ReadonlyMap<string, NodeHealth>): ReadonlySet<string> {
  const living = [...health.values()].filter(({ isFresh }) => isFresh !== false);
  return new Set(
    [...health.values()].flatMap(({ chassis, isFresh }) => {
      if (chassis === undefined || isFresh !== false || !isStuck(world, chassis)) return [];
      return isUnseen(chassis, living) ? [chassis] : [];
    }),
  );
}

/** Whether a chassis carries out nothing it is asked through SB. */
function isStuck({ failed }: World, chassis: string): boolean {
  return failed.hosts.has(chassis) || failed.controllers.has(chassis) || failed.controls.has(chassis);
}

/** The nodes that have an agent, with their chassis: all are taken to have one. */
export function agentsOf({ chassis }: Fabric): ReadonlyMap<string, string> {
  return new Map([...chassis.values()].map(({ name, hostname }) => [hostname || name, name]));
}
