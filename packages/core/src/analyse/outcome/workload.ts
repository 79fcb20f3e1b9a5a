import { isPodPort } from '../../fabric/pod-port.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import { answersNeighbours } from '../world/neighbour.ts';
import { tunnelWorks } from '../world/tunnel.ts';
import { claimOf, switches, viewOf, type World } from '../world/world.ts';
import type { Path } from './path.ts';

/** What keeps a packet on a chassis from the workload; undefined when it arrives. */
export function deliveryObstacle(world: World, from: string, path: Path): FindingCode | undefined {
  const own = workloadObstacle(world, path);
  if (own !== undefined) return own;
  const view = viewOf(world, from);
  if (view === undefined) return 'flows-missing';
  const believed = claimOf(view, path.port);
  if (believed === undefined) return 'workload-down';
  if (believed === from) return undefined;
  return tunnelWorks(world, from, believed) ? undefined : 'tunnel-down';
}

/** What is wrong with the workload itself or with the chassis it is on, whoever wants to reach it. */
export function workloadObstacle(world: World, { port, chassis, family }: Path): FindingCode | undefined {
  if (!switches(world, chassis) || podIsDown(world, port)) return 'workload-down';
  if (viewOf(world, chassis) === undefined) return 'flows-missing';
  // The workload itself asks for its router's address.
  return answersNeighbours(world, chassis, family) ? undefined : 'neighbour-unanswered';
}

function podIsDown({ failed }: World, port: string): boolean {
  return failed.pods.some((pod) => isPodPort(port, pod));
}
