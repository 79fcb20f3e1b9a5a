import type { Fabric } from '../fabric/fabric.ts';
import type { FailureSet } from '../fabric/failure.ts';
import {
  type Answered,
  answered,
  answeredOutage,
  answeredState,
  type Controller,
  routesAfter,
  unanswered,
} from './controller.ts';
import type { ExternalFlow } from './flow.ts';
import { expectedOutage } from './outage.ts';
import { untold } from './outcome/state.ts';
import { whySentence } from './sentence.ts';
import { type Route, routeOf, stateOf } from './state-of.ts';
import { stepsOf } from './steps.ts';
import type { FlowState, Scenario, Verdict } from './verdict.ts';
import { afterFailures, baseWorld, type World } from './world/world.ts';

/** What is asked: these flows, under these sets of failures in order, with everything settled in between. */
export type Question = {
  readonly fabric: Fabric;
  readonly flows: readonly ExternalFlow[];
  /** Nodes are SB names: see `resolveFailures`. Empty asks how things are now. */
  readonly failures: readonly FailureSet[];
  /** What rests on an assumption is unknown. */
  readonly strict?: boolean;
  /** Who acts on what fails; without one it is OVN alone. */
  readonly controller?: Controller | undefined;
};

/** The verdict on every flow. Throws RangeError for a fabric that was not read from NB and SB. */
export function analyse({ fabric, flows, failures, strict = false, controller }: Question): Scenario {
  const base = baseWorld(fabric);
  const end = failures.reduce(
    (before: Answered, set) => answered(before, afterFailures(before.world, set), controller),
    unanswered(base),
  );
  const routeAfter = routesAfter(end);
  return {
    failures,
    verdicts: flows.map((flow) => {
      const route = routeOf(base, flow);
      return end.flows
        ? answeredVerdict(base, end, route, routeAfter(route), strict)
        : verdictOf(base, end.world, route, strict);
    }),
  };
}

/** The verdict on one flow where a controller acted. */
function answeredVerdict(base: World, end: Answered, route: Route, later: Route, strict: boolean): Verdict {
  const before = judged(base, route, stateOf(base, route), strict);
  const after = judged(end.world, later, answeredState(end, route, later), strict);
  const alone = stateOf(end.alone, end.answer ? route : later);
  const moved = isDelivered(before) && isDelivered(after) && before.berth !== after.berth;
  const changed = later.flow.placement !== route.flow.placement;
  const returned = isDelivered(before) && isDelivered(after) && !isDelivered(alone);
  return {
    flow: route.flow,
    before,
    after,
    ...(changed && { placementAfter: later.flow.placement }),
    moved,
    reason: moved ? 'gateway-moved' : after.reason,
    outage: moved || returned ? answeredOutage(end, later, { before, alone, after }) : undefined,
    why: `${whySentence(end.world, later, before, after)}${changed && isDelivered(after) ? changeText(later.flow) : ''}`,
    steps: stepsOf(end.world, later, after),
  };
}

/** That a controller let a floating IP run elsewhere, until what failed is back. */
function changeText({ placement }: ExternalFlow): string {
  return placement === 'distributed'
    ? ': it becomes distributed, answered where its workload is, until a gateway is back'
    : ': it becomes centralized, answered by the active gateway, until its node can answer again';
}

/** The verdict on one flow, from one world to another. */
export function verdictOf(base: World, world: World, route: Route, strict = false): Verdict {
  const { flow } = route;
  const before = judged(base, route, stateOf(base, route), strict);
  const after = judged(world, route, stateOf(world, route), strict);
  const moved = isDelivered(before) && isDelivered(after) && before.berth !== after.berth;
  return {
    flow,
    before,
    after,
    moved,
    reason: moved ? 'gateway-moved' : after.reason,
    outage: moved ? expectedOutage(world, flow, before, after) : undefined,
    why: whySentence(world, route, before, after),
    steps: stepsOf(world, route, after),
  };
}

/** Strictly nothing is known of what rests on an assumption, be it of everything or of this flow. */
function judged(world: World, { flow }: Route, state: FlowState, strict: boolean): FlowState {
  if (!strict) return state;
  const [drop] = flow.partly?.drops ?? [];
  const assumption =
    world.plane.assumptions[0] ?? flow.assumptions[0] ?? (drop && `no packet is meant that ${drop.by} drops`);
  return assumption !== undefined
    ? { ...untold(`whether this holds: ${assumption}`), berth: state.berth }
    : state;
}

function isDelivered({ outcome }: FlowState): boolean {
  return outcome === 'delivered';
}
