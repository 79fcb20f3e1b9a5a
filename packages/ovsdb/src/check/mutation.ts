import type { ColumnType } from '../schema/column-type.ts';
import { applyDifference } from '../value/difference.ts';
import { isMap, isSet } from '../value/equality.ts';
import type { Mutation } from '../value/operation.ts';
import type { Atom, Value } from '../value/value.ts';
import { atomProblem, atomsProblem, cardinalityOf, sizeOf } from './constraint.ts';
import { refuse } from './refusal.ts';

/** Refuses a mutation that does not fit the column's type, whatever the rows hold (RFC 7047 section 5.1, `<mutation>`). */
export function checkMutation(type: ColumnType, mutation: Mutation): void {
  if (mutation[1] === 'insert' || mutation[1] === 'delete') checkElements(type, mutation);
  else checkOperand(type, mutation);
}

function checkElements(type: ColumnType, [column, mutator, value]: Mutation): void {
  if (type.kind === 'atom') mismatch(column, mutator);
  if (type.kind === 'map' && !isMap(value) && mutator === 'insert') refuse('syntax error', 'expected a map');
  const { max } = cardinalityOf(type);
  if (mutator === 'insert' && max !== 'unlimited' && sizeOf(value) > max) {
    refuse('syntax error', `set must have 0 to ${max} members but ${sizeOf(value)} are present`);
  }
  const problem = atomsProblem(type, value);
  if (problem !== undefined) {
    const readsAsKeys = type.kind === 'map' && mutator === 'delete' && isMap(value);
    refuse(readsAsKeys ? 'syntax error' : problem.error, problem.details);
  }
}

function checkOperand(type: ColumnType, [column, mutator, value]: Mutation): void {
  const isNumber = type.key.kind === 'integer' || (type.key.kind === 'real' && mutator !== '%=');
  if (!isNumber || type.kind === 'map') mismatch(column, mutator);
  const fits = type.key.kind === 'integer' ? Number.isInteger(value) : typeof value === 'number';
  if (!fits) refuse('syntax error', `expected ${type.key.kind}`);
}

/** The value of a column after a mutation that `checkMutation` has let pass. */
export function mutated(type: ColumnType, before: Value, [, mutator, argument]: Mutation): Value {
  switch (mutator) {
    case 'insert':
      return withinSize(type, inserted(type, before, argument));
    case 'delete':
      return withinSize(type, deleted(type, before, argument));
    default:
      return calculated(type, before, mutator, Number(argument));
  }
}

function inserted(type: ColumnType, before: Value, argument: Value): Value {
  if (isMap(before)) {
    const added = isMap(argument) ? [...argument].filter(([key]) => !before.has(key)) : [];
    return applyDifference(type, before, new Map(added));
  }
  const atoms = atomsOf(argument);
  if (isSet(before)) return applyDifference(type, before, new Set(atoms.filter((atom) => !before.has(atom))));
  return single(type, new Set([...atomsOf(before), ...atoms]));
}

function deleted(type: ColumnType, before: Value, argument: Value): Value {
  if (isMap(before)) {
    const pairs = isMap(argument)
      ? [...argument].filter(([key, item]) => before.get(key) === item)
      : atomsOf(argument).flatMap((key): (readonly [Atom, Atom])[] => {
          const item = before.get(key);
          return item === undefined ? [] : [[key, item]];
        });
    return applyDifference(type, before, new Map(pairs));
  }
  const atoms = atomsOf(argument);
  if (isSet(before)) return applyDifference(type, before, new Set(atoms.filter((atom) => before.has(atom))));
  return before !== undefined && !isMap(before) && atoms.includes(before) ? undefined : before;
}

function calculated(type: ColumnType, before: Value, mutator: Mutation[1], operand: number): Value {
  const calculate = (atom: Atom): Atom => {
    const result = arithmetic(type.key.kind === 'integer', Number(atom), mutator, operand);
    const problem = atomProblem(type.key, result);
    if (problem !== undefined) refuse(problem.error, problem.details);
    return result;
  };
  if (before === undefined || isMap(before)) return before;
  if (!isSet(before)) return calculate(before);
  const results = new Set([...before].map(calculate));
  if (results.size === before.size) return results;
  refuse('constraint violation', `Result of "${mutator}" operation contains duplicates.`);
}

function arithmetic(isInteger: boolean, left: number, mutator: Mutation[1], right: number): number {
  if ((mutator === '/=' || mutator === '%=') && right === 0) refuse('domain error', 'Division by zero.');
  const result = calculation(left, mutator, right);
  const whole = isInteger ? Math.trunc(result) : result;
  const fits = isInteger ? Math.abs(whole) < 2 ** 63 : Number.isFinite(whole);
  if (!fits) refuse('range error', `Result of "${mutator}" operation is out of range.`);
  return whole === 0 ? 0 : whole;
}

function calculation(left: number, mutator: Mutation[1], right: number): number {
  switch (mutator) {
    case '+=':
      return left + right;
    case '-=':
      return left - right;
    case '*=':
      return left * right;
    case '/=':
      return left / right;
    default:
      return left % right;
  }
}

/** The value of an optional column from the atoms that it would hold. */
function single(type: ColumnType, atoms: ReadonlySet<Atom>): Value {
  if (atoms.size > 1) refuse('constraint violation', tooMany(type, atoms.size));
  const [only] = atoms;
  return only;
}

function withinSize(type: ColumnType, value: Value): Value {
  const { min, max } = cardinalityOf(type);
  const size = sizeOf(value);
  if (size < min || (max !== 'unlimited' && size > max)) refuse('constraint violation', tooMany(type, size));
  return value;
}

function tooMany(type: ColumnType, size: number): string {
  return `Attempted to store ${size} elements in ${type.kind} of ${cardinalityOf(type).min} to ${cardinalityOf(type).max}.`;
}

function atomsOf(value: Value): readonly Atom[] {
  if (value === undefined) return [];
  if (isMap(value)) return [...value.keys()];
  return isSet(value) ? [...value] : [value];
}

function mismatch(column: string, mutator: string): never {
  refuse('syntax error', `Type mismatch: "${mutator}" operator may not be applied to column ${column}.`);
}
