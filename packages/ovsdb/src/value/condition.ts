import { equalValues, isMap, isSet } from './equality.ts';
import type { Condition } from './operation.ts';
import type { Atom, Row, Value } from './value.ts';

/** True when a row meets all conditions (RFC 7047 section 5.1, `<condition>`). */
export function meetsAll(row: Row, where: readonly Condition[]): boolean {
  return where.every((condition) => meets(row, condition));
}

/** True when a row meets one condition at least, or there is none (ovsdb-server(7) section 4.1.12). */
export function meetsAny(row: Row, where: readonly Condition[]): boolean {
  return where.length === 0 || where.some((condition) => meets(row, condition));
}

function meets(row: Row, [column, test, argument]: Condition): boolean {
  const value = row[column];
  switch (test) {
    case '==':
      return equalsArgument(value, argument);
    case '!=':
      return !equalsArgument(value, argument);
    case 'includes':
      return includesAll(value, argument);
    case 'excludes':
      return excludesAll(value, argument);
    case '<':
      return compared(value, argument, (difference) => difference < 0);
    case '<=':
      return compared(value, argument, (difference) => difference <= 0);
    case '>':
      return compared(value, argument, (difference) => difference > 0);
    case '>=':
      return compared(value, argument, (difference) => difference >= 0);
  }
}

/** A single value and a set of just that value are the same (RFC 7047 section 5.1, `<set>`). */
function equalsArgument(value: Value, argument: Value): boolean {
  if (isMap(value))
    return isMap(argument) ? equalValues(value, argument) : sizeOf(argument) + value.size === 0;
  if (isMap(argument)) return false;
  const [left, right] = [atomsOf(value), atomsOf(argument)];
  return left.size === right.size && left.isSubsetOf(right);
}

/** An optional column without a value meets no order. */
function compared(value: Value, argument: Value, holds: (difference: number) => boolean): boolean {
  return typeof value === 'number' && typeof argument === 'number' && holds(value - argument);
}

function includesAll(value: Value, argument: Value): boolean {
  if (isMap(value)) return pairsOf(argument).every(([key, item]) => value.get(key) === item);
  const atoms = atomsOf(value);
  return [...atomsOf(argument)].every((atom) => atoms.has(atom));
}

function excludesAll(value: Value, argument: Value): boolean {
  if (isMap(value)) return pairsOf(argument).every(([key, item]) => value.get(key) !== item);
  const atoms = atomsOf(value);
  return [...atomsOf(argument)].every((atom) => !atoms.has(atom));
}

function atomsOf(value: Value): ReadonlySet<Atom> {
  if (value === undefined || isMap(value)) return new Set();
  return isSet(value) ? value : new Set([value]);
}

function pairsOf(value: Value): readonly (readonly [Atom, Atom])[] {
  return isMap(value) ? [...value] : [];
}

function sizeOf(value: Value): number {
  return isMap(value) ? value.size : atomsOf(value).size;
}
