import type { BaseType, Cardinality, ColumnType } from '../schema/column-type.ts';
import { isMap, isSet } from '../value/equality.ts';
import { isUuid } from '../value/uuid.ts';
import type { Atom, Value } from '../value/value.ts';
import { type Refusal, refuse } from './refusal.ts';

/**
 * What is wrong with a value of a column: its shape, the type of an atom, the number of elements (`syntax error`), an atom
 * outside of an enumeration or a range (`constraint violation`). A string that is not a UUID may stand for a new row where references stand.
 */
export function valueProblem(type: ColumnType, value: Value): Refusal | undefined {
  const shape = shapeProblem(type, value);
  return shape === undefined ? atomsProblem(type, value) : { error: 'syntax error', details: shape };
}

/** Refuses a value that `valueProblem` finds fault with. */
export function checkValue(type: ColumnType, value: Value): void {
  const problem = valueProblem(type, value);
  if (problem !== undefined) refuse(problem.error, problem.details);
}

/** What is wrong with the atoms of a value, in whatever number and shape they come. */
export function atomsProblem(type: ColumnType, value: Value): Refusal | undefined {
  if (value === undefined) return undefined;
  if (isSet(value)) return firstProblem(type.key, value);
  if (!isMap(value)) return atomProblem(type.key, value);
  if (type.kind !== 'map')
    return { error: 'syntax error', details: 'a map given for a column without pairs' };
  return firstProblem(type.key, value.keys()) ?? firstProblem(type.value, value.values());
}

/** What is wrong with an atom. */
export function atomProblem(base: BaseType, atom: Atom): Refusal | undefined {
  if (!isOfKind(base, atom)) return { error: 'syntax error', details: `expected ${base.kind}` };
  const details = constraintDetails(base, atom);
  return details === undefined ? undefined : { error: 'constraint violation', details };
}

/** How many elements a column may have. */
export function cardinalityOf(type: ColumnType): Cardinality {
  if (type.kind === 'atom') return { min: 1, max: 1 };
  return type.kind === 'optional' ? { min: 0, max: 1 } : type;
}

/** How many elements a value has. */
export function sizeOf(value: Value): number {
  if (value === undefined) return 0;
  return isSet(value) || isMap(value) ? value.size : 1;
}

function shapeProblem(type: ColumnType, value: Value): string | undefined {
  const wanted = type.kind === 'map' ? 'map' : 'set';
  if (isMap(value) !== (type.kind === 'map')) return `expected a ${wanted}`;
  if (type.kind === 'atom' && value === undefined) return 'expected a value';
  if ((type.kind === 'atom' || type.kind === 'optional') && isSet(value))
    return 'expected one value, got a set';
  const { min, max } = cardinalityOf(type);
  const size = sizeOf(value);
  if (size >= min && (max === 'unlimited' || size <= max)) return undefined;
  return `${wanted} must have ${min} to ${max} members but ${size} are present`;
}

function firstProblem(base: BaseType, atoms: Iterable<Atom>): Refusal | undefined {
  for (const atom of atoms) {
    const problem = atomProblem(base, atom);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isOfKind(base: BaseType, atom: Atom): boolean {
  switch (base.kind) {
    case 'integer':
      return typeof atom === 'number' && Number.isInteger(atom);
    case 'real':
      return typeof atom === 'number' && Number.isFinite(atom);
    case 'boolean':
      return typeof atom === 'boolean';
    case 'string':
      return typeof atom === 'string';
    case 'uuid':
      return typeof atom === 'string' && (isUuid(atom) || /^[A-Za-z_][A-Za-z0-9_]*$/.test(atom));
  }
}

function constraintDetails(base: BaseType, atom: Atom): string | undefined {
  if (base.enum !== undefined && !base.enum.includes(atom)) {
    return `${atom} is not one of the allowed values ([${base.enum.join(', ')}])`;
  }
  if (typeof atom === 'number') {
    const [min, max] =
      base.kind === 'integer' ? [base.minInteger, base.maxInteger] : [base.minReal, base.maxReal];
    return rangeDetails(atom, atom, min, max, '');
  }
  if (typeof atom !== 'string' || base.kind !== 'string') return undefined;
  const length = [...atom].length;
  return rangeDetails(length, JSON.stringify(atom), base.minLength, base.maxLength, 'length of ');
}

function rangeDetails(
  size: number,
  shown: number | string,
  min: number | undefined,
  max: number | undefined,
  what: string,
): string | undefined {
  const low = min !== undefined && size < min;
  const high = max !== undefined && size > max;
  if (!low && !high) return undefined;
  if (min !== undefined && max !== undefined) {
    return `${what}${shown} is not in the valid range ${min} to ${max} (inclusive)`;
  }
  return low
    ? `${what}${shown} is less than minimum allowed value ${min}`
    : `${what}${shown} is greater than maximum allowed value ${max}`;
}
