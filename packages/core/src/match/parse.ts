import type { Expression } from './expression.ts';
import { isRelation, readField, readReversed } from './parse-comparison.ts';
import { ahead, closes, isSign, type Reader, stop, takes, written } from './reader.ts';
import { spelled, type Token, tokensOf } from './tokens.ts';

/** A match and what it says, or why it is none (a clause; undefined where that is not certain). */
export type Parsed = { readonly match: string } & (
  | { readonly expression: Expression }
  | { readonly fault: string | undefined }
);

/** Reads a match as OVN does (ovn-sb(5), Logical_Flow match), as far as that is a matter of form. */
export function parse(match: string): Parsed {
  const found = tokensOf(match);
  if ('fault' in found) return { match, ...found };
  const reader: Reader = { match, tokens: found.tokens, at: 0, fault: undefined };
  const expression = readJoined(reader);
  if (expression === undefined) return { match, fault: reader.fault };
  const next = ahead(reader);
  if (next.sort !== 'end') return { match, fault: `${spelled(next)} has no place there` };
  return { match, expression };
}

/** Parts with one operator between them. */
function readJoined(reader: Reader): Expression | undefined {
  const begin = reader.at;
  const first = readNegated(reader);
  const operator = ahead(reader);
  if (first === undefined || !isSign(operator, '&&', '||')) return first;
  const parts = [first];
  while (takes(reader, operator.text)) {
    const part = readNegated(reader);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  if (isSign(ahead(reader), '&&', '||')) return stop(reader, '&& and || meet without parentheses');
  return written(reader, begin, { sort: operator.text === '&&' ? 'and' : 'or', parts });
}

function readNegated(reader: Reader): Expression | undefined {
  const begin = reader.at;
  if (!takes(reader, '!')) return readPart(reader);
  if (isSign(ahead(reader), '!')) return stop(reader, 'one ! follows another');
  const of = readPart(reader);
  if (of === undefined) return undefined;
  if (of.sort === 'comparison' || of.sort === 'range')
    return stop(reader, 'what ! negates is not in parentheses');
  return written(reader, begin, { sort: 'not', of });
}

function readPart(reader: Reader): Expression | undefined {
  const [first, second] = [ahead(reader), ahead(reader, 1)];
  if (isSign(first, '(')) return readGroup(reader);
  if (first.sort === 'name') return isSign(second, '(') ? readCall(reader, first.text) : readField(reader);
  const isLiteral = first.sort === 'number' && /^[01]$/.test(first.text) && !isRelation(second);
  return isLiteral ? readLiteral(reader, first) : readReversed(reader);
}

function readGroup(reader: Reader): Expression | undefined {
  const begin = reader.at++;
  const of = readJoined(reader);
  return of && closes(reader, ')') ? written(reader, begin, { sort: 'group', of }) : undefined;
}

function readLiteral(reader: Reader, { text }: Token): Expression {
  return written(reader, reader.at++, { sort: 'literal', holds: text === '1' });
}

/** A function, with whatever it is asked. */
function readCall(reader: Reader, name: string): Expression | undefined {
  const begin = reader.at;
  const words: Token[] = [];
  reader.at += 2;
  while (ahead(reader).sort !== 'end' && !isSign(ahead(reader), ')')) {
    words.push(ahead(reader));
    reader.at += 1;
  }
  return closes(reader, ')') ? written(reader, begin, { sort: 'call', name, words }) : undefined;
}
