import { type Compared, type Field, fieldText, type Value } from './expression.ts';
import type { NamedSets } from './named-sets.ts';
import { type MatchSymbol, mayBeSymbol, symbolNamed } from './symbols.ts';
import { spelled } from './tokens.ts';
import { matchValueOf } from './value.ts';

/** Where a part of a match stands. */
export type Stand = {
  readonly sets: NamedSets;
  /** Whether it is negated by what is around it. */
  readonly isNegated: boolean;
};

/** That there is no such field, as a clause; undefined where there may be. */
export function fieldFault(field: Field, { sets }: Stand): string | undefined {
  const { name } = field;
  return sets.isNewer || mayBeSymbol(name) ? bitsFault(field) : `there is no field ${name}`;
}

/** That a field has no such bits, or none that can be asked for alone. */
function bitsFault({ name, bits }: Field): string | undefined {
  const symbol = symbolNamed(name);
  if (symbol === undefined || bits === undefined) return undefined;
  const { low, high } = bits;
  if (symbol.bits === undefined) return `${name} is a text, of which no bits are asked for`;
  if (low > high) return `bits ${low} to ${high} are none: the lowest stands first`;
  if (high >= symbol.bits) return `${name} has ${symbol.bits} bits, and none is number ${high}`;
  return symbol.isNominal && high - low + 1 < symbol.bits
    ? `of ${name} no single bits are asked for`
    : undefined;
}

/** Why a field cannot stand alone, as a clause; undefined where it can or that is not certain. */
export function standsAloneFault(field: Field, { isNegated }: Stand): string | undefined {
  const symbol = symbolOf(field);
  if (symbol === undefined) return undefined;
  if (symbol.bits === 1) return symbol.isNominal && isNegated ? positively(field) : undefined;
  // Negated it asks whether all of the field is 0.
  return isNegated ? undefined : `${fieldText(field)} stands alone and is compared with nothing`;
}

/** Why OVN does not compare so, as a clause; undefined where it does or that is not certain. */
export function comparisonFault(comparison: Compared, stand: Stand): string | undefined {
  for (const value of comparison.values) {
    const fault = valueFault(value, stand.sets);
    if (fault !== undefined) return fault;
  }
  const symbol = symbolOf(comparison.field);
  return symbol && (misfit(comparison, stand) ?? levelFault(comparison, symbol, stand));
}

/** What is known of a field, or of some bits of one. */
function symbolOf({ name, bits }: Field): MatchSymbol | undefined {
  const symbol = symbolNamed(name);
  return symbol && bits ? { ...symbol, bits: bits.high - bits.low + 1 } : symbol;
}

/** Sets of northd itself, that are in no row of NB. */
const ofNorthd = /^(?:svc_monitor_mac|rtr_lb_)/;

function valueFault({ sort, text }: Value, sets: NamedSets): string | undefined {
  switch (sort) {
    case 'text':
      return undefined;
    case 'number':
      return matchValueOf(text) ? undefined : `${text} is neither a number nor an address`;
    case 'set':
      return ofNorthd.test(text) || sets.addresses(text) ? undefined : `there is no address set ${text}`;
    case 'group':
      return sets.ports(text) ? undefined : `there is no port group ${text} with a port on that switch`;
  }
}

/** That a value is not of the type of a field, or too large for it. */
function misfit({ field: { name }, values }: Compared, { sets }: Stand): string | undefined {
  // Where a part of a field is asked for, a value is cut to it as long as the whole could have it.
  const bits = symbolNamed(name)?.bits;
  for (const value of values) {
    const isText = value.sort === 'text' || value.sort === 'group';
    if (isText !== (bits === undefined)) return `${name} is not compared with what ${spelled(value)} is`;
  }
  for (const value of values) {
    const tooLarge = textsOf(value, sets).find((text) => (matchValueOf(text)?.bits ?? 0) > (bits ?? 0));
    if (tooLarge === undefined) continue;
    const what = value.sort === 'set' ? `${tooLarge} of ${spelled(value)}` : tooLarge;
    return `${what} does not fit into ${name}, which has ${bits} bits`;
  }
  return undefined;
}

/** The numbers that a value stands for. */
function textsOf({ sort, text }: Value, { addresses }: NamedSets): readonly string[] {
  return sort === 'number' ? [text] : sort === 'set' ? (addresses(text) ?? []) : [];
}

function numberOf({ sort, text }: Value): ReturnType<typeof matchValueOf> {
  return sort === 'number' ? matchValueOf(text) : undefined;
}

/** What the level of measurement of a field forbids (ovn-sb(5), Logical_Flow match, relational operators). */
function levelFault(
  { field, operator, values }: Compared,
  { bits, isNominal }: MatchSymbol,
  { isNegated }: Stand,
): string | undefined {
  if (operator !== '==' && operator !== '!=') {
    if (isNominal) return `${field.name} can be tested for equality only`;
    if (values.length > 1) return 'only == and != compare with several values';
    return values.some((value) => numberOf(value)?.mask !== undefined)
      ? 'only == and != compare with a network'
      : undefined;
  }
  if (!isNominal) return undefined;
  // `tcp == 0` is another way to write `!tcp`.
  const [only] = values.length === 1 ? values : [];
  const isZero = bits === 1 && only !== undefined && numberOf(only)?.bits === 0;
  return (isNegated !== (operator === '!=')) !== isZero ? positively(field) : undefined;
}

function positively({ name }: Field): string {
  return `${name} is negated, and can be tested positively only`;
}
