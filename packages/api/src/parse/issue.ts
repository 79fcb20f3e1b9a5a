import { z } from 'zod';
import { type FieldPath, formatFieldPath } from './field-path.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { isJsonObject } from './prune.ts';

type Issue = z.core.$ZodIssue;
type Found = Omit<Problem, 'object'>;

/** What an issue of the schema means to the user; an object with several unknown fields makes several problems. */
export function problemsOf(issue: Issue, input: unknown, schema: z.ZodType): readonly Found[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const field = formatFieldPath(path);
  const value = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...path, key], fieldsAt(schema, path)));
    case 'invalid_type':
      return [value === undefined ? missing(field, path) : wrongType(field, issue.expected, value)];
    case 'invalid_value':
      if (value === undefined) return [missing(field, path)];
      if (typeof value !== 'string') return [wrongType(field, typeof issue.values[0], value)];
      return [notOneOf(field, value, issue.values.map(String))];
    case 'too_small':
      return [badValue(field, issue.message, `write ${issue.minimum} or more`)];
    case 'too_big':
      return [badValue(field, issue.message, `write ${issue.maximum} or less`)];
    case 'custom': {
      const { cure, missing: isMissing } = issue.params ?? {};
      const found = badValue(field, issue.message, typeof cure === 'string' ? cure : 'correct the value');
      return [isMissing === true ? { ...found, problem: 'missing-field' } : found];
    }
    default:
      return [badValue(field, issue.message, 'correct the value')];
  }
}

function unknownField(path: FieldPath, known: readonly string[]): Found {
  const name = String(path.at(-1));
  const meant = nearest(
    name,
    known.filter((each) => each !== name),
  );
  const list = known.length > 0 && known.length <= 12 ? `; the fields here are ${known.join(', ')}` : '';
  return {
    problem: 'unknown-field',
    field: formatFieldPath(path),
    message: `there is no field "${name}" here`,
    cure: meant === undefined ? `remove it${list}` : `write ${meant}`,
  };
}

function missing(field: string, path: FieldPath): Found {
  return {
    problem: 'missing-field',
    field,
    message: `field "${path.at(-1)}" is missing`,
    cure: `set ${field}`,
  };
}

function wrongType(field: string, expected: string, value: unknown): Found {
  return {
    problem: 'wrong-type',
    field,
    message: `the value is ${articled(typeName(value))}, not ${articled(wanted(expected))}`,
    cure: cureOfType(expected, value),
  };
}

function notOneOf(field: string, value: string, allowed: readonly string[]): Found {
  const meant = nearest(value, allowed);
  return badValue(
    field,
    `"${value}" is not one of ${allowed.join(', ')}`,
    meant === undefined ? `write one of ${allowed.join(', ')}` : `write ${meant}`,
  );
}

function badValue(field: string, message: string, cure: string): Found {
  return { problem: 'bad-value', field, message, cure };
}

function cureOfType(expected: string, value: unknown): string {
  const scalar = ['string', 'number', 'boolean'].includes(typeof value);
  switch (expected) {
    case 'string':
      return scalar ? `put it in quotes: "${value}"` : 'write one text';
    case 'int':
    case 'number':
      return typeof value === 'string' && /^-?\d+$/.test(value)
        ? `write it without quotes: ${value}`
        : 'write a whole number';
    case 'boolean':
      return value === 'true' || value === 'false'
        ? `write it without quotes: ${value}`
        : 'write true or false';
    case 'array':
      return scalar ? `write a list: ["${value}"]` : 'write a list, each entry beginning with "- "';
    default:
      return 'write fields under it, one per line';
  }
}

const wantedNames: Readonly<Record<string, string>> = {
  int: 'whole number',
  string: 'text',
  array: 'list',
  record: 'map of texts',
  object: 'object',
};

function wanted(expected: string): string {
  return wantedNames[expected] ?? expected;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'fraction';
  return wanted(typeof value);
}

function articled(noun: string): string {
  return /^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function valueAt(input: unknown, path: FieldPath): unknown {
  let value = input;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part];
    else if (isJsonObject(value)) value = value[part];
    else return undefined;
  }
  return value;
}

/** The fields an object at a path of the schema can have. */
function fieldsAt(schema: z.ZodType, path: FieldPath): readonly string[] {
  let at: unknown = unwrap(schema);
  for (const part of path) {
    if (at instanceof z.ZodArray) at = unwrap(at.element);
    else if (at instanceof z.ZodObject) at = unwrap(at.shape[part]);
    else return [];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrap(schema.def.innerType)
    : schema;
}
