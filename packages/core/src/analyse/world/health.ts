import type { NodeHealth } from '../../fabric/fabric.ts';
import { egressObstacle } from './egress.ts';
import { isMonitored } from './monitoring.ts';
import { bfdUp } from './tunnel.ts';
import { controllerRuns, switches, type World } from './world.ts';

/** What an agent on a node will report in a world, with every chassis that a tunnel may lead to. A failed agent says nothing. */
export function nodeHealthIn(
  world: World,
  { node, chassis }: { readonly node: string; readonly chassis: string },
  others: readonly string[],
): NodeHealth {
  if (isSilent(world, chassis)) return { node, chassis, isFresh: false };
  const networks = world.fabric.chassis.get(chassis)?.mappings ?? new Set<string>();
  const watched = others.filter(
    (other) => other !== chassis && isMonitored(world.monitoring, chassis, other),
  );
  return {
    node,
    chassis,
    isFresh: true,
    ready: !isFailed(world, 'notready', chassis),
    controllerRuns: controllerRuns(world, chassis),
    // What stood still before anything failed does so still, as its agent would go on telling.
    ...(controllerRuns(world, chassis) && world.frozen.has(chassis) && stillHanging),
    flowsInstalled: switches(world, chassis) && !world.failed.emptied.has(chassis),
    uplinks: new Map(
      [...networks].map((network) => [
        network,
        switches(world, chassis) && egressObstacle(world, chassis, network) === undefined,
      ]),
    ),
    tunnels: new Map(watched.map((other) => [other, bfdUp(world, chassis, other)])),
  };
}

/** What an agent says of an ovn-controller that runs and has not followed SB for a while. */
const stillHanging = { controllerConnected: false, controllerHangs: true } as const;

function isSilent(world: World, chassis: string): boolean {
  return (
    world.failed.hosts.has(chassis) || world.failed.controls.has(chassis) || isFailed(world, 'agent', chassis)
  );
}

/** Whether a failure that OVN does not notice has happened to a chassis. */
function isFailed(world: World, kind: 'agent' | 'notready', chassis: string): boolean {
  for (let at: World | undefined = world; at !== undefined; at = at.previous) {
    if (at.latest.some((failure) => failure.kind === kind && failure.node === chassis)) return true;
  }
  return false;
}

/** Whether a controller can act in a world: it runs, and what it writes to NB reaches the chassis. */
export function canBeAnswered(world: World): boolean {
  if (world.failed.sb || world.failed.northd) return false;
  for (let at: World | undefined = world; at !== undefined; at = at.previous) {
    if (at.latest.some(({ kind }) => kind === 'nb' || kind === 'central' || kind === 'berth-controller'))
      return false;
  }
  return true;
}
