import { type Elements, elementCount } from './element.ts';
import type { Effect } from './fate.ts';
import { type FlowClass, nodeAt, placeOf } from './flow-class.ts';
import { type PairTotals, pairTotals } from './pair-totals.ts';

type Totals = { lost: number; moved: number; unknown: number };

/** Flows by class, and what every single failure and every pair does to them. Changes as flows come and go. */
export type Tally = {
  readonly classes: FlowClass[];
  /** By node: the classes that depend on it. */
  readonly byNode: readonly FlowClass[][];
  readonly singles: readonly Totals[];
  /** What a pair does beyond what each does alone. */
  readonly beyond: PairTotals | undefined;
  flows: number;
  brokenBefore: number;
};

export function emptyTally(elements: Elements, pairs: boolean): Tally {
  return {
    classes: [],
    byNode: elements.nodes.map(() => []),
    singles: Array.from({ length: elementCount(elements) }, () => ({ lost: 0, moved: 0, unknown: 0 })),
    beyond: pairs ? pairTotals(elementCount(elements)) : undefined,
    flows: 0,
    brokenBefore: 0,
  };
}

/** Makes the class known to the nodes it depends on. */
export function enlist(tally: Tally, one: FlowClass): void {
  tally.classes.push(one);
  for (const node of one.shared) tally.byNode[node]?.push(one);
  if (one.home !== undefined) tally.byNode[one.home]?.push(one);
}

/** Counts so many flows of a class more, or fewer. */
export function count(elements: Elements, tally: Tally, one: FlowClass, flows: number): void {
  const { fate } = one;
  const { beyond } = tally;
  tally.flows += flows;
  if (!fate.isDelivered) tally.brokenBefore += flows;
  const kinds = elements.kinds.length;
  for (const { place, kind, effect } of fate.singles()) {
    add(tally.singles[nodeAt(one, place) * kinds + kind], effect, flows);
  }
  if (beyond === undefined) return;
  for (const { first, second, effect } of fate.pairs()) {
    beyond.add(
      nodeAt(one, first.place) * kinds + first.kind,
      nodeAt(one, second.place) * kinds + second.kind,
      effect,
      flows,
    );
  }
}

/** What a set of failures does; undefined when it was not counted beforehand. */
export function totalsAt(tally: Tally, set: readonly number[]): Effect | undefined {
  const [first, second, third] = set;
  const none = { lost: 0, moved: 0, unknown: 0 };
  if (first === undefined) return none;
  const one = tally.singles[first] ?? none;
  if (second === undefined) return one;
  if (third !== undefined || tally.beyond === undefined) return undefined;
  const other = tally.singles[second] ?? none;
  const beyond = tally.beyond.at(first, second);
  return {
    lost: one.lost + other.lost + beyond.lost,
    moved: one.moved + other.moved + beyond.moved,
    unknown: one.unknown + other.unknown + beyond.unknown,
  };
}

/** The classes that a set of failures touches, each with the failures among its own chassis. */
export function touched(
  elements: Elements,
  tally: Tally,
  set: readonly number[],
): ReadonlyMap<FlowClass, readonly number[]> {
  const kinds = elements.kinds.length;
  const found = new Map<FlowClass, number[]>();
  for (const element of set) {
    const node = Math.floor(element / kinds);
    for (const one of tally.byNode[node] ?? []) {
      if (one.flows.length === 0) continue;
      const local = placeOf(one, node) * kinds + (element % kinds);
      const locals = found.get(one);
      if (locals === undefined) found.set(one, [local]);
      else locals.push(local);
    }
  }
  for (const locals of found.values()) locals.sort((left, right) => left - right);
  return found;
}

function add(totals: Totals | undefined, { lost, moved, unknown }: Effect, flows: number): void {
  if (totals === undefined) return;
  totals.lost += lost * flows;
  totals.moved += moved * flows;
  totals.unknown += unknown * flows;
}
