import { type Fabric, type NodeHealth, nodeHealthIn, type World } from '@berth/core';

/** What the nodes' agents will report in a world. */
export type Foreseen = {
  readonly health: ReadonlyMap<string, NodeHealth>;
  /** Chassis that will be confirmed dead. */
  readonly dead: ReadonlySet<string>;
};

/**
 * What agents will report once the failures of a world have settled, by node: silence from a node that is down or cut off,
 * else its uplinks, its tunnels and its ovn-controller. `agents` are the nodes that have one.
 */
export function foresee(world: World, agents: ReadonlyMap<string, string>): Foreseen {
  const health = new Map(
    [...agents].map(([node, chassis]) => [
      node,
      nodeHealthIn(world, { node, chassis }, [...agents.values()]),
    ]),
  );
  return { health, dead: deadIn(world, health) };
}

/** Silent, and seen by no living node though at least one watches it. */
function deadIn(world: World, health: ReadonlyMap<string, NodeHealth>): ReadonlySet<string> {
  const living = [...health.values()].filter(({ isFresh }) => isFresh !== false);
  return new Set(
    [...health.values()].flatMap(({ chassis, isFresh }) => {
      if (chassis === undefined || isFresh !== false || !isStuck(world, chassis)) return [];
      const views = living.flatMap(({ tunnels }) => tunnels?.get(chassis) ?? []);
      return views.length > 0 && views.every((up) => !up) ? [chassis] : [];
    }),
  );
}

/** Whether a chassis carries out nothing it is asked through SB. */
function isStuck({ failed }: World, chassis: string): boolean {
  return failed.hosts.has(chassis) || failed.controllers.has(chassis) || failed.controls.has(chassis);
}

/** The nodes that have an agent, with their chassis: those that report, else all. */
export function agentsOf({ chassis, dataPlane }: Fabric): ReadonlyMap<string, string> {
  const reports = dataPlane?.reports ?? [];
  const all = [...chassis.values()].map(({ name, hostname }) => [hostname || name, name] as const);
  if (reports.length === 0) return new Map(all);
  return new Map(
    reports.flatMap(({ node, chassis: reported }) => {
      const own = reported ?? all.find(([hostname]) => hostname === node)?.[1];
      return own === undefined ? [] : [[node, own] as const];
    }),
  );
}
