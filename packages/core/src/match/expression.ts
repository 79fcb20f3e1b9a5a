import type { Token } from './tokens.ts';

/**
 * What a match says, as it is written (ovn-sb(5), Logical_Flow match). Whether there are such fields and sets, and whether they may be compared
 * so, is not looked at: see `matchFault`.
 */
export type Expression = Form & {
  /** As the match has it. */
  readonly text: string;
};

export type Form =
  | { readonly sort: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly sort: 'not' | 'group'; readonly of: Expression }
  /** `1` and `0`. */
  | { readonly sort: 'literal'; readonly holds: boolean }
  | { readonly sort: 'call'; readonly name: string; readonly words: readonly Token[] }
  /** A field that stands alone. */
  | { readonly sort: 'field'; readonly field: Field }
  | Compared
  /** `22 <= tcp.dst <= 80`: both hold. */
  | { readonly sort: 'range'; readonly parts: readonly Compared[] };

/** A field and what it is compared with. */
export type Compared = {
  readonly sort: 'comparison';
  readonly field: Field;
  /** With the field left of it, wherever the match has it: `22 <= tcp.dst` is one of `>=`. */
  readonly operator: Operator;
  readonly values: readonly Value[];
};

/** A field, or some bits of one. */
export type Field = { readonly name: string; readonly bits?: BitRange | undefined };

/** `[0..7]`: from the lowest to the highest that is meant, as they are written. */
export type BitRange = { readonly low: number; readonly high: number };

/** A field as a match has it. */
export function fieldText({ name, bits }: Field): string {
  if (bits === undefined) return name;
  return bits.low === bits.high ? `${name}[${bits.low}]` : `${name}[${bits.low}..${bits.high}]`;
}

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Value = Token & { readonly sort: 'text' | 'number' | 'set' | 'group' };
