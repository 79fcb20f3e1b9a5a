import type { Elements } from './element.ts';
import type { Fate } from './fate.ts';

/** Flows that share every fate, names included. Chassis are numbered as the nodes of the sweep. */
export type FlowClass = {
  /** The chassis in the places of the shape, as far as they are those of the group. */
  readonly shared: readonly number[];
  /** The workload's own chassis, in the place after these; undefined when it is one of them. */
  readonly home: number | undefined;
  readonly fate: Fate;
  /** How many flows it has, and the place of the last one: the roster's to change. */
  size: number;
  last: number;
};

/** The chassis in a place. */
export function nodeAt({ shared, home }: FlowClass, place: number): number {
  return shared[place] ?? home ?? -1;
}

/** The place of a chassis; -1 when it has none. */
export function placeOf({ shared, home }: FlowClass, node: number): number {
  return home === node ? shared.length : shared.indexOf(node);
}

/** The names in the places. */
export function namesOf({ nodes }: Elements, { shared, home }: FlowClass): readonly string[] {
  return [...shared, ...(home === undefined ? [] : [home])].map((node) => nodes[node] ?? '');
}
