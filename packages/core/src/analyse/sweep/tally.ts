import { type Elements, elementCount } from './element.ts';
import type { Effect } from './fate.ts';
import { type FlowClass, nodeAt, placeOf } from './flow-class.ts';
import { type PairTotals, pairTotals } from './pair-totals.ts';
import { emptyRoster, type Roster } from './roster.ts';

const nothing: Effect = { lost: 0, moved: 0, unknown: 0 };

type Totals = { lost: number; moved: number; unknown: number };

/** Flows by class, and what every single failure and every pair does to them. Changes as flows come and go. */
export type Tally = {
  readonly classes: FlowClass[];
  /** The classes whose flows are not delivered before anything fails. */
  readonly undelivered: FlowClass[];
  readonly roster: Roster;
  /** By node: the classes that depend on it. Made when somebody asks first. */
  byNode: readonly FlowClass[][] | undefined;
  readonly singles: readonly Totals[];
  /** What a pair does beyond what each does alone. */
  readonly beyond: PairTotals | undefined;
  flows: number;
  /** Flows that are lost before anything fails, and those of which it is not known. */
  brokenBefore: number;
  unknownBefore: number;
};

export function emptyTally(elements: Elements, pairs: boolean): Tally {
  return {
    classes: [],
    undelivered: [],
    roster: emptyRoster(),
    byNode: undefined,
    singles: Array.from({ length: elementCount(elements) }, () => ({ lost: 0, moved: 0, unknown: 0 })),
    beyond: pairs ? pairTotals(elementCount(elements)) : undefined,
    flows: 0,
    brokenBefore: 0,
    unknownBefore: 0,
  };
}

/** Makes the class known to the nodes it depends on. */
export function enlist(tally: Tally, one: FlowClass): void {
  tally.classes.push(one);
  if (one.fate.outcome !== 'delivered') tally.undelivered.push(one);
  if (tally.byNode !== undefined) index(tally.byNode, one);
}

function index(byNode: readonly FlowClass[][], one: FlowClass): void {
  for (const node of one.shared) byNode[node]?.push(one);
  if (one.home !== undefined) byNode[one.home]?.push(one);
}

function classesByNode({ nodes }: Elements, tally: Tally): readonly FlowClass[][] {
  if (tally.byNode !== undefined) return tally.byNode;
  const byNode: readonly FlowClass[][] = nodes.map(() => []);
  for (const one of tally.classes) index(byNode, one);
  tally.byNode = byNode;
  return byNode;
}

/** Counts so many flows of a class more, or fewer. */
export function count(elements: Elements, tally: Tally, one: FlowClass, flows: number): void {
  const { fate } = one;
  const { beyond } = tally;
  tally.flows += flows;
  if (fate.outcome === 'lost') tally.brokenBefore += flows;
  if (fate.outcome === 'unknown') tally.unknownBefore += flows;
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
  if (first === undefined) return nothing;
  const one = tally.singles[first] ?? nothing;
  if (second === undefined) return one;
  if (third !== undefined || tally.beyond === undefined) return undefined;
  return tally.beyond.addedTo(one, tally.singles[second] ?? nothing, first, second);
}

/** The classes that a set of failures touches, each with the failures among its own chassis. */
export function touched(
  elements: Elements,
  tally: Tally,
  set: readonly number[],
): ReadonlyMap<FlowClass, readonly number[]> {
  const kinds = elements.kinds.length;
  const byNode = classesByNode(elements, tally);
  const found = new Map<FlowClass, number[]>();
  for (const element of set) {
    const node = Math.floor(element / kinds);
    for (const one of byNode[node] ?? []) {
      if (one.size === 0) continue;
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
