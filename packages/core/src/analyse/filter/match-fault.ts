import { type MatchSymbol, mayBeSymbol, symbolNamed } from './match-symbols.ts';
import { type Token, tokensOf } from './match-tokens.ts';
import { matchValueOf } from './match-value.ts';

/** Sets that matches name on a datapath; undefined for one that there is not there. */
export type NamedSets = {
  /** The addresses of `$name`. */
  addresses(name: string): readonly string[] | undefined;
  /** The ports of `@name` that the datapath has. */
  ports(name: string): readonly string[] | undefined;
  /** Whether the OVN is newer than 23.03, and may know fields and functions that 23.03 does not. */
  readonly isNewer?: boolean | undefined;
};

/**
 * Why OVN cannot use a match, as a clause: ovn-controller then leaves out the whole flow. Undefined where it can, and wherever that is not certain. With
 * `isJoined` northd puts a condition and `&&` before it, and no parentheses around it.
 */
export function matchFault(match: string, sets: NamedSets, isJoined = false): string | undefined {
  const found = tokensOf(match);
  if ('fault' in found) return found.fault;
  const reader: Reader = { tokens: found.tokens, at: 0, sets, isNegated: false, fault: undefined };
  if (readJoined(reader, isJoined ? ['&&'] : []) && here(reader).sort !== 'end')
    stop(reader, `${spelled(here(reader))} has no place there`);
  return reader.fault;
}

type Reader = {
  readonly tokens: readonly Token[];
  at: number;
  readonly sets: NamedSets;
  /** Whether what is read now is negated by what is around it. */
  isNegated: boolean;
  fault: string | undefined;
};

/** Ends the reading: with a fault, or without one where what is there is not known. Whatever reads gives false then. */
function stop(reader: Reader, fault?: string): false {
  reader.fault = fault;
  return false;
}

const end: Token = { sort: 'end', text: '' };

function here({ tokens, at }: Reader): Token {
  return tokens[at] ?? end;
}

function isSign({ sort, text }: Token, ...signs: readonly string[]): boolean {
  return sort === 'sign' && signs.includes(text);
}

function takes(reader: Reader, sign: string): boolean {
  if (!isSign(here(reader), sign)) return false;
  reader.at += 1;
  return true;
}

function spelled({ sort, text }: Token): string {
  if (sort === 'end') return 'the end';
  return { set: `$${text}`, group: `@${text}`, text: `"${text}"`, name: text, number: text, sign: text }[
    sort
  ];
}

/** Parts with one operator between them, which is among `joinedBy` where what is before them has one. */
function readJoined(reader: Reader, joinedBy: readonly string[] = []): boolean {
  const operators = new Set(joinedBy);
  for (;;) {
    if (!readOne(reader)) return false;
    const next = here(reader);
    if (!isSign(next, '&&', '||')) return true;
    operators.add(next.text);
    if (operators.size > 1) return stop(reader, '&& and || meet without parentheses');
    reader.at += 1;
  }
}

function readOne(reader: Reader): boolean {
  if (!takes(reader, '!')) return readPart(reader);
  reader.isNegated = !reader.isNegated;
  const begins = reader.at;
  const isRead = readPart(reader);
  reader.isNegated = !reader.isNegated;
  if (!isRead) return false;
  const inner = reader.tokens.slice(begins, reader.at);
  const [first = end] = inner;
  const isBare =
    first.sort === 'name' && !isSign(inner[1] ?? end, '(') && inner.some((each) => isRelation(each));
  if (isBare || first.sort === 'number' || first.sort === 'text') {
    if (inner.length > 1) return stop(reader, `what ! negates is not in parentheses`);
  }
  return true;
}

function readPart(reader: Reader): boolean {
  if (takes(reader, '(')) {
    if (!readJoined(reader)) return false;
    return takes(reader, ')') || stop(reader, `${spelled(here(reader))} stands where ) is missing`);
  }
  const first = here(reader);
  const second = reader.tokens[reader.at + 1] ?? end;
  if (first.sort === 'name' && isSign(second, '(')) return readFunction(reader, first.text);
  if (first.sort === 'name') return readField(reader, first.text);
  if (isSign(first, '!')) return stop(reader, 'one ! follows another');
  if (first.sort === 'number' && /^[01]$/.test(first.text) && !isRelation(second)) {
    reader.at += 1;
    return true;
  }
  return readRange(reader);
}

/** The only function of matches in 23.03 (ovn-sb(5), Logical_Flow match). */
function readFunction(reader: Reader, name: string): boolean {
  if (name !== 'is_chassis_resident')
    return stop(reader, reader.sets.isNewer ? undefined : `there is no ${name}()`);
  reader.at += 2;
  if (here(reader).sort !== 'text')
    return stop(reader, `${name}() is asked without a port in quotation marks`);
  reader.at += 1;
  return takes(reader, ')') || stop(reader);
}

function isRelation(token: Token): boolean {
  return isSign(token, '==', '!=', '<', '<=', '>', '>=');
}

/** A field that is compared, or stands alone. */
function readField(reader: Reader, name: string): boolean {
  const symbol = readSymbol(reader, name);
  if (symbol === undefined) return false;
  const operator = here(reader);
  if (isSign(operator, '=')) return stop(reader, `= is no operator, == is one`);
  if (!isRelation(operator)) {
    // Negated it asks whether all of the field is 0.
    if (symbol.bits !== 1)
      return stop(reader, reader.isNegated ? undefined : `${name} stands alone and is compared with nothing`);
    return symbol.isNominal && reader.isNegated ? stop(reader, positively(name)) : true;
  }
  reader.at += 1;
  const values = readValues(reader);
  return values !== undefined && isComparable(reader, { name, symbol, operator: operator.text, values });
}

/** Undefined where the reading ends. */
function readSymbol(reader: Reader, name: string): MatchSymbol | undefined {
  const symbol = symbolNamed(name);
  if (symbol === undefined) {
    stop(reader, reader.sets.isNewer || mayBeSymbol(name) ? undefined : `there is no field ${name}`);
    return undefined;
  }
  reader.at += 1;
  // A part of a field: how many bits it has is not reckoned with here.
  if (isSign(here(reader), '[')) stop(reader);
  return isSign(here(reader), '[') ? undefined : symbol;
}

/** `22 <= tcp.dst`, `22 <= tcp.dst <= 80`, `{80, 443} == tcp.dst`. */
function readRange(reader: Reader): boolean {
  const values = readValues(reader);
  if (values === undefined) return false;
  const operator = here(reader);
  if (!isRelation(operator)) return stop(reader, `${spelled(operator)} stands where an operator is missing`);
  reader.at += 1;
  const { sort, text: name } = here(reader);
  if (sort !== 'name') return stop(reader, `${spelled(here(reader))} stands where a field is missing`);
  const symbol = readSymbol(reader, name);
  if (symbol === undefined) return false;
  if (!isComparable(reader, { name, symbol, operator: operator.text, values })) return false;
  const second = here(reader);
  if (!isRelation(second)) return true;
  if (!isSign(operator, '<', '<=', '>', '>=') || operator.text[0] !== second.text[0])
    return stop(reader, `${operator.text} and ${second.text} make no range: both lead one way`);
  reader.at += 1;
  const others = readValues(reader);
  return (
    others !== undefined && isComparable(reader, { name, symbol, operator: second.text, values: others })
  );
}

/** Undefined where the reading ends. */
function readValues(reader: Reader): readonly Token[] | undefined {
  if (!takes(reader, '{')) {
    const value = readValue(reader);
    return value && [value];
  }
  const values: Token[] = [];
  do {
    const value = readValue(reader);
    if (value === undefined) return undefined;
    values.push(value);
    takes(reader, ',');
  } while (!takes(reader, '}'));
  return values;
}

function readValue(reader: Reader): Token | undefined {
  const value = here(reader);
  const fault = faultOfValue(value, reader.sets);
  if (fault !== undefined) {
    stop(reader, fault);
    return undefined;
  }
  reader.at += 1;
  return value;
}

/** Sets of northd itself, that are in no row of NB. */
const ofNorthd = /^(?:svc_monitor_mac|rtr_lb_)/;

function faultOfValue(value: Token, sets: NamedSets): string | undefined {
  const { sort, text } = value;
  switch (sort) {
    case 'text':
      return undefined;
    case 'number':
      return matchValueOf(text) ? undefined : `${text} is neither a number nor an address`;
    case 'set':
      return ofNorthd.test(text) || sets.addresses(text) ? undefined : `there is no address set ${text}`;
    case 'group':
      return sets.ports(text) ? undefined : `there is no port group ${text} with a port on that switch`;
    case 'name':
      return `${text} is no value: a name of a port stands in quotation marks`;
    default:
      return `${spelled(value)} stands where a value is missing`;
  }
}

type Compared = {
  readonly name: string;
  readonly symbol: MatchSymbol;
  readonly operator: string;
  readonly values: readonly Token[];
};

/** Whether a field may be compared with some values so. */
function isComparable(reader: Reader, { name, symbol, operator, values }: Compared): boolean {
  const { bits, isNominal } = symbol;
  const isText = ({ sort }: Token): boolean => sort === 'text' || sort === 'group';
  const stranger = values.find((value) => isText(value) !== (bits === undefined));
  if (stranger) return stop(reader, `${name} is not compared with what ${spelled(stranger)} is`);
  const read = values.flatMap(({ sort, text }) =>
    sort === 'number' ? [[text, matchValueOf(text)] as const] : [],
  );
  const [tooLarge] = read.find(([, value]) => value !== undefined && value.bits > (bits ?? 0)) ?? [];
  if (tooLarge !== undefined)
    return stop(reader, `${tooLarge} does not fit into ${name}, which has ${bits} bits`);
  if (operator !== '==' && operator !== '!=') {
    if (isNominal) return stop(reader, `${name} can be tested for equality only`);
    if (values.length > 1) return stop(reader, `${operator} compares with one value only`);
    if (read.some(([, value]) => value?.isMasked))
      return stop(reader, `${operator} compares with no network`);
    return true;
  }
  if (!isNominal) return true;
  // `tcp == 0` is another way to write `!tcp`.
  const [only] = values.length === 1 ? read : [];
  const isZero = bits === 1 && only?.[1]?.bits === 0;
  const isNegated = (reader.isNegated !== (operator === '!=')) !== isZero;
  return isNegated ? stop(reader, positively(name)) : true;
}

function positively(name: string): string {
  return `${name} is negated, and can be tested positively only`;
}
