import type { Fabric } from '../fabric/fabric.ts';
import type { FailureSet } from '../fabric/failure.ts';
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
};

/** The verdict on every flow. Throws RangeError for a fabric that was not read from NB and SB. */
export function analyse({ fabric, flows, failures, strict = false }: Question): Scenario {
  const base = baseWorld(fabric);
  const world = failures.reduce(afterFailures, base);
  return { failures, verdicts: flows.map((flow) => verdictOf(base, world, routeOf(base, flow), strict)) };
}

/** The verdict on one flow, from one world to another. */
export function verdictOf(base: World, world: World, route: Route, strict = false): Verdict {
  const { flow } = route;
  const before = judged(base, route, strict);
  const after = judged(world, route, strict);
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

function judged(world: World, route: Route, strict: boolean): FlowState {
  const state = stateOf(world, route);
  const [assumption] = world.plane.assumptions;
  return strict && assumption !== undefined
    ? { ...untold(`whether this holds: ${assumption}`), berth: state.berth }
    : state;
}

function isDelivered({ outcome }: FlowState): boolean {
  return outcome === 'delivered';
}
