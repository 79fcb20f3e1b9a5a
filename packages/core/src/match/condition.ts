import { type BitRange, type Compared, type Field, type Form, fieldText, type Value } from './expression.ts';
import { matchFault } from './fault.ts';
import type { NamedSets } from './named-sets.ts';
import type { Parsed } from './parse.ts';
import { symbolNamed } from './symbols.ts';
import { spelled } from './tokens.ts';
import { type MatchValue, matchValueOf } from './value.ts';

/** What a match asks of packets: its expression with the members of the sets that it names. */
export type Condition =
  | { readonly sort: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly sort: 'not'; readonly of: Condition }
  | { readonly sort: 'literal'; readonly holds: boolean }
  | { readonly sort: 'comparison'; readonly comparison: Comparison };

export type Comparison = {
  /** A field, some bits of one, or anything else of which nothing more is known than that it holds or does not. */
  readonly symbol: string;
  /** The field, where it is one. */
  readonly name: string;
  /** Which of its bits are meant; undefined where all are. */
  readonly bits: BitRange | undefined;
  /** Undefined for a symbol that stands alone. */
  readonly operator: string | undefined;
  readonly constants: readonly Constant[];
  /** The same for comparisons that are alike, whether they are written with == or with !=. */
  readonly key: string;
};

/** A value that a match compares a field with. */
export type Constant =
  | { readonly sort: 'text'; readonly text: string }
  | { readonly sort: 'word'; readonly text: string; readonly number: MatchValue }
  /** A set that OVN makes itself. */
  | { readonly sort: 'unknown' };

/** A part of a match that must hold together with the others, as the match writes it. */
export type Part = { readonly text: string; readonly condition: Condition };

/** What a match asks for where some sets are; `unusable` of one that OVN makes no flow of there, and one comparison of a form that is not read. */
export function partsOf(parsed: Parsed, sets: NamedSets): readonly Part[] | 'unusable' {
  if (matchFault(parsed, sets) !== undefined) return 'unusable';
  const text = parsed.match.trim();
  if ('fault' in parsed) return [{ text, condition: standing({ name: text }) }];
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
      return standing({ name: `${form.name}(${form.words.map(spelled).join(' ')})` });
    case 'field':
      return standing(form.field);
    case 'comparison':
      return compared(form, sets);
  }
}

function standing(field: Field): Condition {
  const asked = askedOf(field);
  return {
    sort: 'comparison',
    comparison: { ...asked, operator: undefined, constants: [], key: asked.symbol },
  };
}

function compared({ field, operator, values }: Compared, sets: NamedSets): Condition {
  const asked = askedOf(field);
  const constants = values.flatMap((value) => constantsOf(value, sets));
  const key = `${asked.symbol} ${operator.replace('!=', '==')} ${values.map(spelled).join(' ')}`;
  return { sort: 'comparison', comparison: { ...asked, operator, constants, key } };
}

/** What is asked of a field: all bits of one are the field. */
function askedOf({ name, bits }: Field): Pick<Comparison, 'symbol' | 'name' | 'bits'> {
  const isWhole = bits?.low === 0 && bits.high + 1 === symbolNamed(name)?.bits;
  const meant = isWhole ? undefined : bits;
  return { symbol: fieldText({ name, bits: meant }), name, bits: meant };
}

function constantsOf({ sort, text }: Value, { addresses, ports }: NamedSets): readonly Constant[] {
  switch (sort) {
    case 'text':
      return [{ sort, text }];
    case 'number':
      return wordsOf(text);
    case 'set':
      return members(wordsOf, addresses(text));
    case 'group':
      return members((each) => [{ sort: 'text', text: each }], ports(text));
  }
}

/** Sets of northd itself are in no row of NB. */
function members(
  read: (text: string) => readonly Constant[],
  texts: readonly string[] | undefined,
): readonly Constant[] {
  return texts?.flatMap(read) ?? [{ sort: 'unknown' }];
}

/** What of a set is no number OVN passes over. */
function wordsOf(text: string): readonly Constant[] {
  const number = matchValueOf(text);
  return number === undefined ? [] : [{ sort: 'word', text, number }];
}
