import type { FailureSet } from '../../fabric/failure.ts';
import { type Elements, failureOf } from './element.ts';
import { type FlowClass, namesOf } from './flow-class.ts';

/** The smallest sets of failures that lose the flows of a class, smaller ones first; none contains another. */
export function minimalCuts(elements: Elements, one: FlowClass, size: number): readonly FailureSet[] {
  const { fate } = one;
  const { kinds } = elements;
  const chassis = namesOf(elements, one);
  if (fate.outcome !== 'delivered') return [];
  const cuts: (readonly number[])[] = [];
  for (let wanted = 1; wanted <= size; wanted += 1) {
    for (const set of subsets(fate.size, wanted)) {
      const isMinimal = !cuts.some((cut) => cut.every((element) => set.includes(element)));
      if (isMinimal && fate.effectOf(set).lost > 0) cuts.push(set);
    }
  }
  return cuts.map((cut) =>
    cut.map((local) =>
      failureOf(kinds[local % kinds.length] ?? 'host', chassis[Math.floor(local / kinds.length)] ?? ''),
    ),
  );
}

/** Every set of `wanted` numbers below `count`, ascending. */
function* subsets(count: number, wanted: number, from = 0): Generator<readonly number[]> {
  if (wanted === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= count - wanted; first += 1) {
    for (const rest of subsets(count, wanted - 1, first + 1)) yield [first, ...rest];
  }
}
