import type { ExternalFlow } from './flow.ts';
import { hairpinState, inboundState, outboundState } from './outcome/hairpin.ts';
import { isPath, type NoPath, type Path, pathOf } from './outcome/path.ts';
import { lost, untold } from './outcome/state.ts';
import type { FlowState } from './verdict.ts';
import type { World } from './world/world.ts';

/** A flow's paths, worked out once: what it takes to judge it in any world that follows the base. */
export type Route = {
  readonly flow: ExternalFlow;
  readonly to: Path | NoPath;
  readonly from: Path | NoPath | undefined;
};

export function routeOf(base: World, flow: ExternalFlow): Route {
  const from = flow.source === undefined ? undefined : pathOf(base, flow.source);
  return { flow, to: pathOf(base, flow), from };
}

/** What becomes of a flow in a world. */
export function stateOf(world: World, { flow, to, from }: Route): FlowState {
  const obstacle = flow.obstacle ?? flow.source?.obstacle;
  if (obstacle !== undefined) return lost(obstacle.reason);
  if (!isPath(to)) return withoutPath(to);
  if (flow.direction === 'outbound') return outboundState(world, to);
  if (flow.direction === 'inbound') return inboundState(world, to);
  if (from === undefined) return untold('which workload asks');
  return isPath(from) ? hairpinState(world, from, to) : withoutPath(from);
}

function withoutPath(path: NoPath): FlowState {
  return path.kind === 'lost' ? lost(path.reason) : untold(path.missing);
}
