import type { FlowState } from '../verdict.ts';
import type { World } from '../world/world.ts';
import { answerers, centralizedInbound, centralizedOutbound } from './centralized.ts';
import { distributedState } from './distributed.ts';
import type { Path } from './path.ts';
import { contested, lost } from './state.ts';

/**
 * From one workload to another's public address, or to its own: it leaves as it would to the outside and comes in as
 * from there. Where the chassis it leaves by is also the one that answers, it never touches the wire. The reply has to
 * come back to the chassis that translated the request.
 */
export function hairpinState(world: World, from: Path, to: Path): FlowState {
  const leaving = outboundState(world, inside(from));
  if (leaving.outcome !== 'delivered' || leaving.berth === undefined) return { ...leaving, berth: undefined };
  if (answering(world, inside(to)).includes(leaving.berth)) {
    const at = { ...inside(to), only: leaving.berth };
    return withReply(world, inboundState(world, at), from, leaving.berth);
  }
  const out = outboundState(world, from);
  if (out.outcome !== 'delivered') return { ...out, berth: undefined };
  return withReply(world, inboundState(world, to), from, leaving.berth);
}

/** The state once the reply is looked at too. A chassis that itself answers for the asker's address keeps it. */
function withReply(world: World, there: FlowState, from: Path, translator: string): FlowState {
  if (there.outcome !== 'delivered' || there.berth === undefined) return there;
  const keeps = answering(world, inside(from)).includes(there.berth);
  const meets = keeps ? [there.berth] : answering(world, from);
  if (!meets.includes(translator)) return lost('path-asymmetric', there.berth);
  return meets.length === 1 ? there : contested(meets);
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

/** Who gets what is sent to the address. A chassis that could send from a workload's own can also be reached there. */
function answering(world: World, path: Path): readonly string[] {
  if (path.placement === 'distributed') return [path.chassis];
  return path.group === undefined ? [] : answerers(world, path.group, path);
}
