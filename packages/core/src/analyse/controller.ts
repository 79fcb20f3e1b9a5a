import type { ExternalFlow } from './flow.ts';
import { expectedOutage } from './outage.ts';
import { answerers } from './outcome/centralized.ts';
import { isPath } from './outcome/path.ts';
import { contested, untold } from './outcome/state.ts';
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
export type Answered = {
  readonly world: World;
  readonly alone: World;
  readonly answer: Answer | undefined;
  /** As NB describes them by this or an earlier answer; undefined before the first. */
  readonly flows: readonly ExternalFlow[] | undefined;
};

/** The world before anything failed. */
export function unanswered(base: World): Answered {
  return { world: base, alone: base, answer: undefined, flows: undefined };
}

/** Lets a controller answer what failed after an earlier answer. */
export function answered({ flows }: Answered, alone: World, controller: Controller | undefined): Answered {
  const answer = controller?.(alone);
  return {
    ...{ alone, answer },
    flows: answer?.flows ?? flows,
    world: answer ? afterReaction(alone, answer) : alone,
  };
}

/** Finds what became of flows: NB may have them run elsewhere by now. */
export function routesAfter({ world, flows }: Answered): (route: Route) => Route {
  if (!flows) return (route) => route;
  const known = new Map(flows.map((flow) => [flowKey(flow), flow]));
  return (route) => {
    const flow = known.get(flowKey(route.flow));
    return flow ? routeOf(world, withStillness(flow, route.flow)) : route;
  };
}

/**
 * A flow of the rows as they are then, with what chassis that stood still before go on with: what a controller writes does not reach them. Which of
 * its rows they have it says itself, where these say when they changed.
 */
function withStillness(flow: ExternalFlow, before: ExternalFlow): ExternalFlow {
  const { lingering, strays, untoldGateways, overtaken, formerGateways, installed, asBefore } = before;
  const staysPut = flow.placement === before.placement;
  const has = flow.installed ? {} : { ...(installed && { installed }), ...(asBefore && { asBefore }) };
  const sends = { ...(overtaken && { overtaken }), ...(formerGateways && { formerGateways }) };
  const source = flow.source && before.source && withStillness(flow.source, before.source);
  return {
    ...flow,
    ...has,
    ...(lingering && { lingering }),
    ...(strays && { strays }),
    ...(untoldGateways && { untoldGateways }),
    ...(staysPut && sends),
    ...(source && { source }),
  };
}

/** What becomes of a flow once the controller has answered. */
export function answeredState({ world }: Answered, before: Route, after: Route): FlowState {
  if (!isElsewhere(before, after)) return stateOf(world, after);
  const path = isPath(after.to) ? after.to : undefined;
  if (path && isFrozen(world, path.chassis))
    return untold(`what the flows that ${path.chassis} has from before do with it`);
  const state = stateOf(world, after);
  const ghosts = ghostsOf(world, before);
  return state.berth !== undefined && ghosts.length > 0 ? contested([state.berth, ...ghosts]) : state;
}

/** Gateways that go on answering for an address that runs elsewhere by now: nobody told their flows. */
function ghostsOf(world: World, { to, flow }: Route): readonly string[] {
  if (flow.direction !== 'inbound' || !isPath(to) || to.placement !== 'centralized' || !to.group) return [];
  return answerers(world, to.group, to).filter((chassis) => isFrozen(world, chassis));
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
function isFrozen(world: World, chassis: string): boolean {
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
