import type { Compared, Field, Form, Value } from './expression.ts';
import { matchFault } from './fault.ts';
import type { NamedSets } from './named-sets.ts';
import type { Parsed } from './parse.ts';
import { spelled } from './tokens.ts';

/** What a match asks of packets: its expression with the members of the sets that it names. */
export type Condition =
  | { readonly sort: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly sort: 'not'; readonly of: Condition }
  | { readonly sort: 'literal'; readonly holds: boolean }
  | { readonly sort: 'comparison'; readonly comparison: Comparison };

export type Comparison = {
  /** A field, or anything else of which nothing more is known than that it holds or does not. */
  readonly symbol: string;
  /** Undefined for a symbol that stands alone. */
  readonly operator: string | undefined;
  readonly constants: readonly Constant[];
  /** The same for comparisons that are alike, whether they are written with == or with !=. */
  readonly key: string;
};

/** A value that a match compares a field with. */
export type Constant =
  | { readonly sort: 'text'; readonly text: string }
  | { readonly sort: 'word'; readonly text: string }
  /** A set that OVN makes itself. */
  | { readonly sort: 'unknown' };

/** A part of a match that must hold together with the others, as the match writes it. */
export type Part = { readonly text: string; readonly condition: Condition };

/** What a match asks for where some sets are; `unusable` of one that OVN makes no flow of there, and one comparison of a form that is not read. */
export function partsOf(parsed: Parsed, sets: NamedSets): readonly Part[] | 'unusable' {
  if (matchFault(parsed, sets) !== undefined) return 'unusable';
  const text = parsed.match.trim();
  if ('fault' in parsed) return [{ text, condition: standing(text) }];
  const { expression } = parsed;
  const parts = expression.sort === 'and' ? expression.parts : [expression];
  return parts.map((part) => ({ text: part.text, condition: asked(part, sets) }));
}

/** Everything that a condition compares. */
export function comparisonsIn(condition: Condition): readonly Comparison[] {
  switch (condition.sort) {
    case 'and':
    case 'or':
      return condition.parts.flatMap(comparisonsIn);
    case 'not':
      return comparisonsIn(condition.of);
    case 'literal':
      return [];
    case 'comparison':
      return [condition.comparison];
  }
}

function asked(form: Form, sets: NamedSets): Condition {
  switch (form.sort) {
    case 'and':
    case 'or':
      return { sort: form.sort, parts: form.parts.map((part) => asked(part, sets)) };
    case 'range':
      return { sort: 'and', parts: form.parts.map((part) => compared(part, sets)) };
    case 'group':
      return asked(form.of, sets);
    case 'not':
      return { sort: 'not', of: asked(form.of, sets) };
    case 'literal':
      return form;
    case 'call':
      return standing(`${form.name}(${form.words.map(spelled).join(' ')})`);
    case 'field':
      return standing(symbolOf(form.field));
    case 'comparison':
      return compared(form, sets);
  }
}

function standing(symbol: string): Condition {
  return { sort: 'comparison', comparison: { symbol, operator: undefined, constants: [], key: symbol } };
}

function compared({ field, operator, values }: Compared, sets: NamedSets): Condition {
  const symbol = symbolOf(field);
  const constants = values.flatMap((value) => constantsOf(value, sets));
  const key = `${symbol} ${operator.replace('!=', '==')} ${values.map(spelled).join(' ')}`;
  return { sort: 'comparison', comparison: { symbol, operator, constants, key } };
}

function symbolOf({ name, bits }: Field): string {
  return name + bits;
}

function constantsOf({ sort, text }: Value, { addresses, ports }: NamedSets): readonly Constant[] {
  switch (sort) {
    case 'text':
      return [{ sort, text }];
    case 'number':
      return [{ sort: 'word', text }];
    case 'set':
      return members('word', addresses(text));
    case 'group':
      return members('text', ports(text));
  }
}

/** Sets of northd itself are in no row of NB. */
function members(sort: 'text' | 'word', texts: readonly string[] | undefined): readonly Constant[] {
  return texts?.map((text) => ({ sort, text })) ?? [{ sort: 'unknown' }];
}
