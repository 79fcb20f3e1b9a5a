import type { FlowState } from '../verdict.ts';
import { egressObstacle } from '../world/egress.ts';
import { answersNeighbours } from '../world/neighbour.ts';
import { claimOf, viewOf, type World } from '../world/world.ts';
import type { Path } from './path.ts';
import { delivered, lost } from './state.ts';
import { workloadObstacle } from './workload.ts';

/**
 * A flow whose NAT runs where the workload is. Both directions need the same: that chassis, its flows and its way out.
 * Which gateways live, or whether there are any, does not matter, as long as the router port has a group at all.
 */
export function distributedState(world: World, path: Path): FlowState {
  const { group, chassis, network, port } = path;
  if (group === undefined) return lost('no-gateway');
  const view = viewOf(world, chassis);
  const blocked = egressObstacle(world, chassis, network);
  const resident = view !== undefined && claimOf(view, port) === chassis;
  const isAnswered = resident && blocked === undefined && answersNeighbours(world, chassis, path.family);
  const answers = isAnswered ? chassis : undefined;
  const wrong = workloadObstacle(world, path) ?? blocked;
  if (wrong !== undefined) return lost(wrong, answers);
  return resident ? delivered(chassis) : lost('workload-down');
}
