import type { FlowState } from '../verdict.ts';
import type { World } from '../world/world.ts';
import { answerers, centralizedInbound, centralizedOutbound } from './centralized.ts';
import { distributedState } from './distributed.ts';
import type { Path } from './path.ts';

/**
 * From one workload to another's public address, or to its own: it leaves as it would to the outside and comes in as
 * from there. Where the chassis it leaves by is also the one that answers, it never touches the wire.
 */
export function hairpinState(world: World, from: Path, to: Path): FlowState {
  const leaving = outboundState(world, inside(from));
  if (leaving.outcome !== 'delivered' || leaving.berth === undefined) return { ...leaving, berth: undefined };
  if (answersInside(world, to).includes(leaving.berth)) {
    const at = { ...inside(to), only: leaving.berth };
    return inboundState(world, at);
  }
  const out = outboundState(world, from);
  return out.outcome === 'delivered' ? inboundState(world, to) : { ...out, berth: undefined };
}

export function inboundState(world: World, path: Path): FlowState {
  return path.placement === 'distributed' ? distributedState(world, path) : centralizedInbound(world, path);
}

export function outboundState(world: World, path: Path): FlowState {
  if (path.placement === 'centralized') return centralizedOutbound(world, path);
  const state = distributedState(world, path);
  return state.outcome === 'lost' ? { ...state, berth: undefined } : state;
}

/** The path without the wire. */
function inside(path: Path): Path {
  return { ...path, network: undefined };
}

function answersInside(world: World, { placement, group, chassis }: Path): readonly string[] {
  if (placement === 'distributed') return [chassis];
  return group === undefined ? [] : answerers(world, group, undefined);
}
