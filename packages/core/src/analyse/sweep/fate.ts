import type { FailureSet } from '../../fabric/failure.ts';
import { type Route, stateOf } from '../state-of.ts';
import type { FlowState } from '../verdict.ts';
import { afterFailures, type World } from '../world/world.ts';
import { failureOf, type SweepKind } from './element.ts';

/** A state with places of a shape's chassis for their names. */
type PlacedState = Omit<FlowState, 'berth' | 'conflict'> & {
  readonly berth: number | undefined;
  readonly conflict: readonly number[];
};

/** What counts about a change: each is 0 or 1. */
export type Effect = { readonly lost: number; readonly moved: number; readonly unknown: number };

/** A failure of one of a shape's chassis. */
export type LocalElement = { readonly place: number; readonly kind: number };

/** What becomes of all flows of one shape. Local elements are `place * kinds + kind`. */
export type Fate = {
  /** How many local elements there are. */
  readonly size: number;
  /** As things are before anything fails. */
  readonly outcome: FlowState['outcome'];
  stateOf(locals: readonly number[]): PlacedState;
  effectOf(locals: readonly number[]): Effect;
  /** Elements that alone have an effect. */
  singles(): readonly (LocalElement & { readonly effect: Effect })[];
  /** Pairs that together have another effect than the sum of each alone. */
  pairs(): readonly PairEffect[];
};

export type PairEffect = {
  readonly first: LocalElement;
  readonly second: LocalElement;
  readonly effect: Effect;
};

const noEffect: Effect = { lost: 0, moved: 0, unknown: 0 };

/** Works out the fate of a shape on one of its flows, each set of failures once and when it is asked for. */
export function fateOf(
  base: World,
  route: Route,
  chassis: readonly string[],
  kinds: readonly SweepKind[],
): Fate {
  const known = new Map<string, PlacedState>();
  const stateAt = (locals: readonly number[]): PlacedState => {
    const key = locals.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const set: FailureSet = locals.map((local) =>
      failureOf(kinds[local % kinds.length] ?? 'host', chassis[Math.floor(local / kinds.length)] ?? ''),
    );
    const state = stateOf(set.length === 0 ? base : afterFailures(base, set), route);
    const placed = placedState(state, chassis);
    known.set(key, placed);
    return placed;
  };
  const before = stateAt([]);
  const effectOf = (locals: readonly number[]): Effect => effectBetween(before, stateAt(locals));
  const size = chassis.length * kinds.length;
  const all = Array.from({ length: size }, (_, element) => element);
  const local = (element: number): LocalElement => ({
    place: Math.floor(element / kinds.length),
    kind: element % kinds.length,
  });
  const pairOf = (one: number, other: number): PairEffect => ({
    first: local(one),
    second: local(other),
    effect: beyond(effectOf([one, other]), effectOf([one]), effectOf([other])),
  });
  let singles: ReturnType<Fate['singles']> | undefined;
  let pairs: ReturnType<Fate['pairs']> | undefined;
  return {
    size,
    outcome: before.outcome,
    stateOf: stateAt,
    effectOf,
    singles: () => {
      singles ??= all
        .map((element) => ({ ...local(element), effect: effectOf([element]) }))
        .filter(hasEffect);
      return singles;
    },
    pairs: () => {
      pairs ??= all.flatMap((one) => all.slice(one + 1).map((other) => pairOf(one, other))).filter(hasEffect);
      return pairs;
    },
  };
}

/** The state with names for places. */
export function namedState(state: PlacedState, chassis: readonly string[]): FlowState {
  return {
    ...state,
    berth: state.berth === undefined ? undefined : chassis[state.berth],
    conflict: state.conflict.map((place) => chassis[place] ?? ''),
  };
}

function placedState(state: FlowState, chassis: readonly string[]): PlacedState {
  return {
    ...state,
    berth: state.berth === undefined ? undefined : chassis.indexOf(state.berth),
    conflict: state.conflict.map((name) => chassis.indexOf(name)),
  };
}

function effectBetween(before: PlacedState, after: PlacedState): Effect {
  if (before.outcome !== 'delivered' || before === after) return noEffect;
  if (after.outcome === 'lost') return { lost: 1, moved: 0, unknown: 0 };
  if (after.outcome === 'unknown') return { lost: 0, moved: 0, unknown: 1 };
  return before.berth === after.berth ? noEffect : { lost: 0, moved: 1, unknown: 0 };
}

function beyond(both: Effect, one: Effect, other: Effect): Effect {
  return {
    lost: both.lost - one.lost - other.lost,
    moved: both.moved - one.moved - other.moved,
    unknown: both.unknown - one.unknown - other.unknown,
  };
}

function hasEffect({ effect }: { readonly effect: Effect }): boolean {
  return effect.lost !== 0 || effect.moved !== 0 || effect.unknown !== 0;
}
