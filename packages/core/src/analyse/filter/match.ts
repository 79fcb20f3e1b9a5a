import { compare, holds, isOrdered } from './condition.ts';
import type { NamedSets } from './match-fault.ts';
import { type Comparison, type Reading, readMatch } from './match-reader.ts';
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
 * Reads a match (ovn-sb(5), Logical_Flow match). One that OVN cannot use takes nothing; what it compares beside the fields of a packet
 * is not known, and neither is what one in a form that is not read takes.
 */
export function matchOf(text: string, sets: NamedSets): Match {
  const found = readMatch(text, sets);
  if (found === 'unusable') return unusable;
  const { expression, comparisons, conjuncts } = found;
  return {
    test: (packet) => truthOf(expression, packet, false),
    comparisons,
    asked: (packet) => comparisons.find((each) => comparisonOf(each, packet, false) === undefined),
    rest: (packet) =>
      conjuncts
        .filter((part) => truthOf(part.expression, packet, false) === undefined)
        .map((part) => part.text)
        .join(' && '),
  };
}

/** What is left of a match that OVN cannot use. */
export const unusable: Match = { test: () => false, comparisons: [], asked: () => undefined, rest: () => '' };

/** Whether a match takes no packet because of the ports that it asks for: none of a set that is empty. */
export function isNever(text: string, sets: NamedSets): boolean {
  const found = readMatch(text, sets);
  return found !== 'unusable' && asksNothing(found.expression);
}

function asksNothing(expression: Reading): boolean {
  switch (expression.sort) {
    case 'and':
      return expression.parts.some(asksNothing);
    case 'or':
      return expression.parts.every(asksNothing);
    case 'not':
      return false;
    case 'comparison': {
      const { operator, constants } = expression.comparison;
      return operator === '==' && constants.length === 0;
    }
  }
}

function truthOf(expression: Reading, packet: Packet, isNegated: boolean): Truth {
  switch (expression.sort) {
    case 'not':
      return truthOf(expression.of, packet, !isNegated);
    case 'and':
    case 'or': {
      const truths = expression.parts.map((part) => truthOf(part, packet, isNegated));
      return (expression.sort === 'and') === isNegated ? anyOf(truths) : allOf(truths);
    }
    case 'comparison':
      return comparisonOf(expression.comparison, packet, isNegated);
  }
}

/** What of a comparison is not known of the packet may have been assumed of it. */
function comparisonOf(comparison: Comparison, packet: Packet, isNegated: boolean): Truth {
  const { symbol, operator, constants, key } = comparison;
  const isOther = isNegated !== (operator === '!=');
  const truth =
    operator === undefined
      ? holds(packet, symbol, isNegated)
      : operator === '==' || operator === '!='
        ? compare(packet, symbol, constants, isOther)
        : isOrdered(packet, symbol, operator, constants, isNegated);
  const assumed = packet.assumed?.get(key);
  return truth ?? (assumed === undefined ? undefined : assumed !== isOther);
}
