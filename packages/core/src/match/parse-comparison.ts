import type { Compared, Expression, Field, Operator, Value } from './expression.ts';
import { ahead, closes, isSign, type Reader, stop, takes, written } from './reader.ts';
import { spelled, type Token } from './tokens.ts';

type Relation = Token & { readonly text: Operator };

export function isRelation(token: Token): token is Relation {
  return isSign(token, '==', '!=', '<', '<=', '>', '>=');
}

/** Reads a field that is compared, or stands alone. */
export function readField(reader: Reader): Expression | undefined {
  const begin = reader.at;
  const field = readName(reader);
  if (field === undefined) return undefined;
  const relation = ahead(reader);
  if (isSign(relation, '=')) return stop(reader, '= is no operator, == is one');
  if (!isRelation(relation)) return written(reader, begin, { sort: 'field', field });
  const compared = readRight(reader, field, relation);
  return compared && written(reader, begin, compared);
}

/** Reads what begins with a value: `22 <= tcp.dst`, `22 <= tcp.dst <= 80`, `{80, 443} == tcp.dst`. */
export function readReversed(reader: Reader): Expression | undefined {
  const begin = reader.at;
  const values = readValues(reader);
  if (values === undefined) return undefined;
  const relation = ahead(reader);
  if (!isRelation(relation)) return stop(reader, `${spelled(relation)} stands where an operator is missing`);
  reader.at += 1;
  const field = readName(reader);
  if (field === undefined) return undefined;
  const left: Compared = { sort: 'comparison', field, operator: turned[relation.text], values };
  const second = ahead(reader);
  if (!isRelation(second)) return written(reader, begin, left);
  if (isEquality(relation) || relation.text[0] !== second.text[0])
    return stop(reader, `${relation.text} and ${second.text} make no range: both lead one way`);
  const right = readRight(reader, field, second);
  return right && written(reader, begin, { sort: 'range', parts: [left, right] });
}

const turned = { '==': '==', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' } as const;

function isEquality({ text }: Relation): boolean {
  return text === '==' || text === '!=';
}

/** An operator that comes next, and what stands right of it. */
function readRight(reader: Reader, field: Field, { text: operator }: Relation): Compared | undefined {
  reader.at += 1;
  const values = readValues(reader);
  return values && { sort: 'comparison', field, operator, values };
}

/** A name, and after it the bits that are meant where not all are: `[3]`, `[0..7]`. */
function readName(reader: Reader): Field | undefined {
  const { sort, text: name } = ahead(reader);
  if (sort !== 'name') return stop(reader, `${spelled(ahead(reader))} stands where a field is missing`);
  reader.at += 1;
  if (!takes(reader, '[')) return { name };
  const low = readBit(reader);
  const high = low !== undefined && takes(reader, '..') ? readBit(reader) : low;
  if (low === undefined || high === undefined || !closes(reader, ']')) return undefined;
  return { name, bits: { low, high } };
}

function readBit(reader: Reader): number | undefined {
  const { sort, text } = ahead(reader);
  if (sort !== 'number' || !/^[0-9]+$/.test(text))
    return stop(reader, `${spelled(ahead(reader))} stands where a number is missing`);
  reader.at += 1;
  return Number(text);
}

/** A value, or some in braces. */
function readValues(reader: Reader): readonly Value[] | undefined {
  const isSet = takes(reader, '{');
  const values: Value[] = [];
  do {
    const value = ahead(reader);
    if (!isValue(value)) return stop(reader, noValue(value));
    values.push(value);
    reader.at += 1;
    if (isSet) takes(reader, ',');
  } while (isSet && !takes(reader, '}'));
  return values;
}

function isValue(token: Token): token is Value {
  return ['text', 'number', 'set', 'group'].includes(token.sort);
}

function noValue(token: Token): string {
  return token.sort === 'name'
    ? `${token.text} is no value: a name of a port stands in quotation marks`
    : `${spelled(token)} stands where a value is missing`;
}
