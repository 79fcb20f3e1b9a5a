import { type Constant, compare, holds, isOrdered, type Packet } from './packet.ts';
import { allOf, anyOf, type Truth } from './truth.ts';

/** Sets that matches name; undefined for one that NB has no row of. */
export type NamedSets = {
  /** The addresses of `$name`. */
  addresses(name: string): readonly string[] | undefined;
  /** The ports of `@name`. */
  ports(name: string): readonly string[] | undefined;
};

/** Whether a match takes packets: all that fit, none of them, or nobody can tell. With `isNegated` whether it does not. */
export type Test = (packet: Packet, isNegated?: boolean) => Truth;

const untold: Test = () => undefined;

/**
 * Reads a match (ovn-sb(5), Logical_Flow match) as far as it speaks of ports, address families and addresses. What it says beside that
 * is not known; of a match in another form nothing is.
 */
export function matchOf(text: string, sets: NamedSets): Test {
  return readWhole(text, sets, readAny) ?? untold;
}

/**
 * What of a match is left to ask of a packet: the parts that must hold together without those that do, as the match writes them. Of
 * one in another form all of it; nothing where all of it holds.
 */
export function remainderOf(text: string, sets: NamedSets): (packet: Packet) => string {
  const parts = readWhole(text, sets, readConjuncts) ?? [{ text: text.trim(), test: untold }];
  return (packet) =>
    parts
      .filter(({ test }) => test(packet) === undefined)
      .map((part) => part.text)
      .join(' && ');
}

type Reader = {
  readonly text: string;
  readonly tokens: readonly string[];
  /** Where each token ends in the text. */
  readonly ends: readonly number[];
  at: number;
  readonly sets: NamedSets;
};

/** What a whole text says; undefined where it is in another form. */
function readWhole<T>(text: string, sets: NamedSets, read: (reader: Reader) => T | undefined): T | undefined {
  const spelled = tokensOf(text.trim());
  if (spelled === undefined) return undefined;
  const reader: Reader = { text: text.trim(), ...spelled, at: 0, sets };
  const found = read(reader);
  return reader.at === reader.tokens.length ? found : undefined;
}

type Conjunct = { readonly text: string; readonly test: Test };

function readConjuncts(reader: Reader): readonly Conjunct[] | undefined {
  const conjuncts: Conjunct[] = [];
  do {
    const start = reader.ends[reader.at - 1] ?? 0;
    const test = readOne(reader);
    if (test === undefined) return undefined;
    conjuncts.push({ text: reader.text.slice(start, reader.ends[reader.at - 1]).trim(), test });
  } while (takes(reader, '&&'));
  return conjuncts;
}

const token = /\s*("(?:[^"\\]|\\.)*"|&&|\|\||[!=<>]=|[!<>(){},]|[$@]?[A-Za-z0-9_.:/]+)/y;

function tokensOf(text: string): Pick<Reader, 'tokens' | 'ends'> | undefined {
  const [tokens, ends]: [string[], number[]] = [[], []];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) return undefined;
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

function readAny(reader: Reader): Test | undefined {
  const parts = readJoined(reader, '||', readAll);
  if (parts === undefined || parts.length === 1) return parts?.[0];
  return (packet, isNegated = false) => {
    const truths = parts.map((part) => part(packet, isNegated));
    return isNegated ? allOf(truths) : anyOf(truths);
  };
}

function readAll(reader: Reader): Test | undefined {
  const parts = readJoined(reader, '&&', readOne);
  if (parts === undefined || parts.length === 1) return parts?.[0];
  return (packet, isNegated = false) => {
    const truths = parts.map((part) => part(packet, isNegated));
    return isNegated ? anyOf(truths) : allOf(truths);
  };
}

function readJoined(
  reader: Reader,
  operator: string,
  read: (reader: Reader) => Test | undefined,
): readonly Test[] | undefined {
  const parts: Test[] = [];
  do {
    const part = read(reader);
    if (part === undefined) return undefined;
    parts.push(part);
  } while (takes(reader, operator));
  return parts;
}

function readOne(reader: Reader): Test | undefined {
  if (takes(reader, '!')) {
    const negated = readOne(reader);
    return negated && ((packet, isNegated = false) => negated(packet, !isNegated));
  }
  if (takes(reader, '(')) {
    const inner = readAny(reader);
    return takes(reader, ')') ? inner : undefined;
  }
  return readComparison(reader);
}

const symbol = /^[A-Za-z_][A-Za-z0-9_.]*$/;

function readComparison(reader: Reader): Test | undefined {
  const name = reader.tokens[reader.at];
  if (name === undefined || !(symbol.test(name) || name === '1' || name === '0')) return undefined;
  reader.at += 1;
  const operator = reader.tokens[reader.at];
  if (operator === undefined || !/^(?:[!=<>]=|[<>])$/.test(operator)) {
    return (packet, isNegated = false) => holds(packet, name, isNegated);
  }
  reader.at += 1;
  const constants = readConstants(reader);
  if (constants === undefined) return undefined;
  if (operator !== '==' && operator !== '!=') {
    return (packet, isNegated = false) => isOrdered(packet, name, operator, constants, isNegated);
  }
  return (packet, isNegated = false) => compare(packet, name, constants, isNegated !== (operator === '!='));
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

function named(sort: 'text' | 'word', members: readonly string[] | undefined): readonly Constant[] {
  return members === undefined ? [{ sort: 'unknown' }] : members.map((text) => ({ sort, text }));
}
