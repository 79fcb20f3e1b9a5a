import type { Expression, Form } from './expression.ts';
import { spelled, type Token } from './tokens.ts';

/** How far a match is read. */
export type Reader = {
  readonly match: string;
  readonly tokens: readonly Token[];
  at: number;
  /** Why the reading ended before the match did, as a clause. */
  fault: string | undefined;
};

/** Ends the reading, and says why: whatever reads gives undefined then. */
export function stop(reader: Reader, fault: string): undefined {
  reader.fault = fault;
  return undefined;
}

const end: Token = { sort: 'end', text: '', from: 0, to: 0 };

/** The next word, or one further on. */
export function ahead({ tokens, at }: Reader, by = 0): Token {
  return tokens[at + by] ?? end;
}

export function isSign({ sort, text }: Token, ...signs: readonly string[]): boolean {
  return sort === 'sign' && signs.includes(text);
}

/** Takes the next word if it is this sign. */
export function takes(reader: Reader, sign: string): boolean {
  if (!isSign(ahead(reader), sign)) return false;
  reader.at += 1;
  return true;
}

/** Takes the next word, which must be this sign. */
export function closes(reader: Reader, sign: ')' | ']'): boolean {
  if (takes(reader, sign)) return true;
  stop(reader, `${spelled(ahead(reader))} stands where ${sign} is missing`);
  return false;
}

/** What was read from one of the words on, with its text. */
export function written({ match, tokens, at }: Reader, begin: number, form: Form): Expression {
  return { ...form, text: match.slice(tokens[begin]?.from, tokens[at - 1]?.to) };
}
