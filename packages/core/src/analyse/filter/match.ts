import { type Comparison, type Condition, comparisonsIn, partsOf } from '../../match/condition.ts';
import type { NamedSets } from '../../match/named-sets.ts';
import type { Parsed } from '../../match/parse.ts';
import { compare, holds, isOrdered } from './field-truth.ts';
import type { Packet } from './packet.ts';
import { allOf, anyOf, type Truth } from './truth.ts';

/** Whether a match takes packets: all that fit, none of them, or nobody can tell. */
export type Test = (packet: Packet) => Truth;

/** A match as it is asked of packets. */
export type Match = {
  readonly test: Test;
  /** Everything it compares. */
  readonly comparisons: readonly Comparison[];
  /** The first comparison of which it is not known whether it holds. */
  readonly asked: (packet: Packet) => Comparison | undefined;
  /**
   * What is left to ask of a packet: the parts that must hold together without those that do, as the match writes them. Of one in another
   * form all of it; nothing where all of it holds.
   */
  readonly rest: (packet: Packet) => string;
};

/**
 * What a match takes where some sets are. One that OVN cannot use takes nothing; what it compares beside the fields of a packet is not known,
 * and neither is what one in a form that is not read takes.
 */
export function matchOf(parsed: Parsed, sets: NamedSets): Match {
  const parts = partsOf(parsed, sets);
  if (parts === 'unusable') return unusable;
  const comparisons = parts.flatMap(({ condition }) => comparisonsIn(condition));
  return {
    test: (packet) => allOf(parts.map(({ condition }) => truthOf(condition, packet, false))),
    comparisons,
    asked: (packet) => comparisons.find((each) => comparisonOf(each, packet, false) === undefined),
    rest: (packet) =>
      parts
        .filter(({ condition }) => truthOf(condition, packet, false) === undefined)
        .map(({ text }) => text)
        .join(' && '),
  };
}

/** What is left of a match that OVN cannot use. */
export const unusable: Match = { test: () => false, comparisons: [], asked: () => undefined, rest: () => '' };

/** Whether a match takes no packet because of the ports that it asks for: none of a set that is empty. */
export function isNever(parsed: Parsed, sets: NamedSets): boolean {
  const parts = partsOf(parsed, sets);
  return parts !== 'unusable' && parts.some(({ condition }) => asksNothing(condition));
}

function asksNothing(condition: Condition): boolean {
  switch (condition.sort) {
    case 'and':
      return condition.parts.some(asksNothing);
    case 'or':
      return condition.parts.every(asksNothing);
    case 'not':
    case 'literal':
      return false;
    case 'comparison': {
      const { operator, constants } = condition.comparison;
      return operator === '==' && constants.length === 0;
    }
  }
}

function truthOf(condition: Condition, packet: Packet, isNegated: boolean): Truth {
  switch (condition.sort) {
    case 'not':
      return truthOf(condition.of, packet, !isNegated);
    case 'and':
    case 'or': {
      const truths = condition.parts.map((part) => truthOf(part, packet, isNegated));
      return (condition.sort === 'and') === isNegated ? anyOf(truths) : allOf(truths);
    }
    case 'literal':
      return condition.holds !== isNegated;
    case 'comparison':
      return comparisonOf(condition.comparison, packet, isNegated);
  }
}

/** What of a comparison is not known of the packet may have been assumed of it. */
function comparisonOf(comparison: Comparison, packet: Packet, isNegated: boolean): Truth {
  const { operator, key } = comparison;
  const isOther = isNegated !== (operator === '!=');
  const truth =
    operator === undefined
      ? holds(packet, comparison, isNegated)
      : operator === '==' || operator === '!='
        ? compare(packet, comparison, isOther)
        : isOrdered(packet, comparison, operator, isNegated);
  const assumed = packet.assumed?.get(key);
  return truth ?? (assumed === undefined ? undefined : assumed !== isOther);
}
