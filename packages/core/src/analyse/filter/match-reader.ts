import { matchFault, type NamedSets } from './match-fault.ts';

/** A value that a match compares a field with. */
export type Constant =
  | { readonly sort: 'text'; readonly text: string }
  | { readonly sort: 'word'; readonly text: string }
  /** A set that OVN makes itself. */
  | { readonly sort: 'unknown' };

export type Comparison = {
  readonly symbol: string;
  /** Undefined for a symbol that stands alone. */
  readonly operator: string | undefined;
  readonly constants: readonly Constant[];
  /** The same for comparisons that are alike, whether they are written with == or with !=. */
  readonly key: string;
};

/** What a match says. */
export type Reading =
  | { readonly sort: 'and' | 'or'; readonly parts: readonly Reading[] }
  | { readonly sort: 'not'; readonly of: Reading }
  | { readonly sort: 'comparison'; readonly comparison: Comparison };

export type MatchReading = {
  readonly expression: Reading;
  readonly comparisons: readonly Comparison[];
  /** The parts that must hold together. */
  readonly conjuncts: readonly { readonly text: string; readonly expression: Reading }[];
};

/** Reads a match; `unusable` for one that OVN makes no flow of, and one comparison for a form that is not read. */
export function readMatch(match: string, sets: NamedSets): MatchReading | 'unusable' {
  const whole = match.trim();
  if (matchFault(match, sets) !== undefined) return 'unusable';
  const reader: Reader = { ...tokensOf(whole), at: 0, sets, comparisons: [] };
  const read = reader.tokens.length === 0 ? undefined : readJoined(reader);
  if (read === undefined || reader.at < reader.tokens.length) return unread(whole);
  const conjuncts = read.ends.map((end, place) => ({
    text: whole.slice(read.starts[place], end).trim(),
    expression: read.parts[place] ?? read.expression,
  }));
  return {
    expression: read.expression,
    comparisons: reader.comparisons,
    conjuncts: read.isAll ? conjuncts : [{ text: whole, expression: read.expression }],
  };
}

function unread(whole: string): MatchReading {
  const comparison = { symbol: whole, operator: undefined, constants: [], key: whole };
  const expression = { sort: 'comparison', comparison } as const;
  return { expression, comparisons: [comparison], conjuncts: [{ text: whole, expression }] };
}

type Reader = {
  readonly tokens: readonly string[];
  /** Where each token ends in the text. */
  readonly ends: readonly number[];
  at: number;
  readonly sets: NamedSets;
  readonly comparisons: Comparison[];
};

const token = /\s*("(?:[^"\\]|\\.)*"|&&|\|\||[!=<>]=|[!<>(){},]|[$@]?[A-Za-z0-9_.:/]+(?:\[[0-9.]+\])?)/y;

/** None where a part of the text is no token. */
function tokensOf(text: string): Pick<Reader, 'tokens' | 'ends'> {
  const [tokens, ends]: [string[], number[]] = [[], []];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) return { tokens: [], ends: [] };
    tokens.push(found);
    ends.push(token.lastIndex);
  }
  return { tokens, ends };
}

/** Takes the next token if it is this one. */
function takes(reader: Reader, wanted: string): boolean {
  if (reader.tokens[reader.at] !== wanted) return false;
  reader.at += 1;
  return true;
}

type Joined = {
  readonly expression: Reading;
  readonly parts: readonly Reading[];
  readonly isAll: boolean;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
};

/** Parts with one operator between them. */
function readJoined(reader: Reader): Joined | undefined {
  const [parts, starts, ends]: [Reading[], number[], number[]] = [[], [], []];
  let isAll = true;
  do {
    const before = reader.at;
    const part = readOne(reader);
    if (part === undefined) return undefined;
    parts.push(part);
    starts.push(reader.ends[before - 1] ?? 0);
    ends.push(reader.ends[reader.at - 1] ?? 0);
    if (reader.tokens[reader.at] === '||') isAll = false;
  } while (takes(reader, '&&') || takes(reader, '||'));
  const [only] = parts;
  const expression =
    parts.length === 1 && only ? only : { sort: isAll ? ('and' as const) : ('or' as const), parts };
  return { expression, parts, isAll, starts, ends };
}

function readOne(reader: Reader): Reading | undefined {
  if (takes(reader, '!')) {
    const of = readOne(reader);
    return of && { sort: 'not', of };
  }
  if (takes(reader, '(')) {
    const inner = readJoined(reader);
    return takes(reader, ')') ? inner?.expression : undefined;
  }
  return readComparison(reader);
}

const symbol = /^[A-Za-z_][A-Za-z0-9_.]*(?:\[[0-9.]+\])?$/;
const relation = /^(?:[!=<>]=|[<>])$/;
const flipped: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function readComparison(reader: Reader): Reading | undefined {
  const name = reader.tokens[reader.at];
  if (name === undefined) return undefined;
  const isSymbol = symbol.test(name);
  const next = reader.tokens[reader.at + 1];
  const isCompared = next !== undefined && relation.test(next);
  if (!isSymbol && isCompared) return readRange(reader);
  if (!(isSymbol || name === '1' || name === '0')) return undefined;
  reader.at += 1;
  if (!isCompared) return comparison(reader, name, undefined, [], name);
  return readRelation(reader, name);
}

/** An operator and what stands right of it. */
function readRelation(reader: Reader, name: string): Reading | undefined {
  const operator = reader.tokens[reader.at] ?? '';
  const start = ++reader.at;
  const constants = readConstants(reader);
  return constants && comparison(reader, name, operator, constants, spelled(reader, start));
}

/** `22 <= tcp.dst`, `22 <= tcp.dst <= 80`. */
function readRange(reader: Reader): Reading | undefined {
  const start = reader.at;
  const constants = readConstants(reader);
  const text = spelled(reader, start);
  const operator = reader.tokens[reader.at] ?? '';
  const name = reader.tokens[reader.at + 1];
  if (constants === undefined || name === undefined || !symbol.test(name)) return undefined;
  reader.at += 2;
  const left = comparison(reader, name, flipped[operator] ?? operator, constants, text);
  if (!relation.test(reader.tokens[reader.at] ?? '')) return left;
  const right = readRelation(reader, name);
  return right && { sort: 'and', parts: [left, right] };
}

function spelled({ tokens, at }: Reader, start: number): string {
  return tokens.slice(start, at).join(' ');
}

function comparison(
  reader: Reader,
  name: string,
  operator: string | undefined,
  constants: readonly Constant[],
  text: string,
): Reading {
  const key = operator === undefined ? name : `${name} ${operator.replace('!=', '==')} ${text}`;
  const found = { symbol: name, operator, constants, key };
  reader.comparisons.push(found);
  return { sort: 'comparison', comparison: found };
}

function readConstants(reader: Reader): readonly Constant[] | undefined {
  if (!takes(reader, '{')) return readConstant(reader);
  const constants: Constant[] = [];
  while (!takes(reader, '}')) {
    const some = readConstant(reader);
    if (some === undefined) return undefined;
    constants.push(...some);
    takes(reader, ',');
  }
  return constants;
}

function readConstant(reader: Reader): readonly Constant[] | undefined {
  const word = reader.tokens[reader.at];
  if (word === undefined || !/^["$@A-Za-z0-9:]/.test(word)) return undefined;
  reader.at += 1;
  if (word.startsWith('"')) return [{ sort: 'text', text: word.slice(1, -1) }];
  if (word.startsWith('$')) return named('word', reader.sets.addresses(word.slice(1)));
  if (word.startsWith('@')) return named('text', reader.sets.ports(word.slice(1)));
  return [{ sort: 'word', text: word }];
}

/** Sets of northd itself are in no row of NB. */
function named(sort: 'text' | 'word', members: readonly string[] | undefined): readonly Constant[] {
  return members?.map((text) => ({ sort, text })) ?? [{ sort: 'unknown' }];
}
