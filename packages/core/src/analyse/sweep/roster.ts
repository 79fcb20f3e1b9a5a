import type { ExternalFlow } from '../flow.ts';
import type { FlowClass } from './flow-class.ts';

/** Which flows are in which class, in the order in which they came. */
export type Roster = {
  add(one: FlowClass, flow: ExternalFlow): void;
  /** False when the class does not have the flow. */
  remove(one: FlowClass, flow: ExternalFlow): boolean;
  flowsOf(one: FlowClass): readonly ExternalFlow[];
};

/** No place. */
export const nowhere = -1;

/**
 * A roster whose classes are chains through two arrays. Most classes have a flow or two, and an array for each of them is
 * what a sweep would spend most of its time on.
 */
export function emptyRoster(): Roster {
  const flows: (ExternalFlow | undefined)[] = [];
  /** By place: the place of the flow that came before it to the same class, or that of another free place. */
  const before: number[] = [];
  let free = nowhere;
  const takePlace = (): number => {
    const place = free === nowhere ? flows.length : free;
    if (place === free) free = before[place] ?? nowhere;
    return place;
  };
  const clear = (place: number): void => {
    flows[place] = undefined;
    before[place] = free;
    free = place;
  };
  return {
    add: (one, flow) => {
      const place = takePlace();
      flows[place] = flow;
      before[place] = one.last;
      one.last = place;
      one.size += 1;
    },
    remove: (one, flow) => {
      let after = nowhere;
      let place = one.last;
      while (place !== nowhere && flows[place] !== flow) {
        after = place;
        place = before[place] ?? nowhere;
      }
      if (place === nowhere) return false;
      const rest = before[place] ?? nowhere;
      if (after === nowhere) one.last = rest;
      else before[after] = rest;
      clear(place);
      one.size -= 1;
      return true;
    },
    flowsOf: (one) => {
      const found: ExternalFlow[] = [];
      for (let place = one.last; place !== nowhere; place = before[place] ?? nowhere) {
        const flow = flows[place];
        if (flow !== undefined) found.push(flow);
      }
      return found.reverse();
    },
  };
}
