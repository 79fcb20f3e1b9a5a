import type { ExternalFlow } from './flow.ts';
import { expectedOutage } from './outage.ts';
import { isPath, type Path } from './outcome/path.ts';
import { untold } from './outcome/state.ts';
import { type Route, routeOf, stateOf } from './state-of.ts';
import type { ExpectedOutage, FlowState } from './verdict.ts';
import { afterReaction, type Reaction } from './world/reaction.ts';
import { viewOf, type World } from './world/world.ts';

/** What a controller does about a world: the rows as it leaves them, the flows they make, and how long it takes. */
export type Answer = Reaction & {
  /** As NB describes them then. */
  readonly flows: readonly ExternalFlow[];
  /** From the failure until the rows are written. */
  readonly ms: number;
};

/** A controller that runs: its answer to a world, undefined where it does nothing. */
export type Controller = (world: World) => Answer | undefined;

/** A world after the answer to it, with the one between. */
export type Answered = { readonly world: World; readonly alone: World; readonly answer: Answer | undefined };

/** Lets a controller answer. */
export function answered(alone: World, controller: Controller | undefined): Answered {
  const answer = controller?.(alone);
  return { alone, answer, world: answer ? afterReaction(alone, answer) : alone };
}

/** Finds what became of flows: NB may have them run elsewhere by now. */
export function routesAfter({ world, answer }: Answered): (route: Route) => Route {
  if (!answer) return (route) => route;
  const flows = new Map(answer.flows.map((flow) => [flowKey(flow), flow]));
  return (route) => {
    const flow = flows.get(flowKey(route.flow));
    return flow ? routeOf(world, flow) : route;
  };
}

/** What becomes of a flow once the controller has answered. */
export function answeredState({ world }: Answered, before: Route, after: Route): FlowState {
  const path = isPath(after.to) ? after.to : undefined;
  return path && isElsewhere(before, after) && isFrozen(world, path)
    ? untold(`what the flows that ${path.chassis} has from before do with it`)
    : stateOf(world, after);
}

/** How long a flow is away: as OVN alone would have it where that brings it back, else until the controller has acted. */
export function answeredOutage(
  { alone, world, answer }: Answered,
  { flow }: Route,
  states: { readonly before: FlowState; readonly alone: FlowState; readonly after: FlowState },
): ExpectedOutage | undefined {
  const { before, after } = states;
  if (!answer || (states.alone.outcome === 'delivered' && states.alone.berth === after.berth))
    return expectedOutage(alone, flow, before, after);
  if (states.alone.outcome === 'delivered') return planned;
  const own = expectedOutage(world, flow, before, after)?.terms;
  const terms = { controller: answer.ms, claim: own?.claim ?? 0, announce: announcedMs };
  return { ms: terms.controller + terms.claim + terms.announce, terms };
}

/** The agent announces as soon as SB names its chassis. */
const announcedMs = 60;

/** A move from one that works to another one that does: what the announcement takes. */
const planned: ExpectedOutage = { ms: announcedMs, terms: { announce: announcedMs } };

function isElsewhere({ flow: before }: Route, { flow: after }: Route): boolean {
  return before.placement !== after.placement;
}

/** Whether a chassis goes on with flows of other rows than those there are now. */
function isFrozen(world: World, { chassis }: Path): boolean {
  const view = viewOf(world, chassis);
  return view !== undefined && view.plane !== world.plane;
}

function flowKey(flow: ExternalFlow): string {
  const { target, direction, externalIp, logicalIp, externalPort, source } = flow;
  return [
    target,
    direction,
    externalIp,
    logicalIp,
    externalPort?.port,
    source?.target,
    source?.logicalIp,
  ].join(' ');
}
