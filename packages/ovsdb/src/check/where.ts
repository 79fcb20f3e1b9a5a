import type { ColumnType } from '../schema/column-type.ts';
import { meetsAll } from '../value/condition.ts';
import { isMap, isSet } from '../value/equality.ts';
import type { Condition } from '../value/operation.ts';
import { isUuid } from '../value/uuid.ts';
import type { Row } from '../value/value.ts';
import { atomsProblem, cardinalityOf, sizeOf, valueProblem } from './constraint.ts';
import type { Draft } from './draft.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Refuses a condition that does not fit the column's type (RFC 7047 section 5.1, `<condition>`). */
export function checkCondition(type: ColumnType, [column, test, value]: Condition): void {
  const problem = conditionProblem(type, column, test, value);
  if (problem !== undefined) refuse(problem.error, problem.details);
}

/** The rows of a table that meet all conditions. A condition on `_uuid` is looked up, all others are searched for. */
export function matchingRows(draft: Draft, table: string, where: readonly Condition[]): readonly Row[] {
  const byUuid = where.find(([column, test]) => column === '_uuid' && test === '==');
  const uuid = byUuid?.[2];
  if (typeof uuid === 'string' && isUuid(uuid)) {
    const row = draft.get(table, uuid);
    return row !== undefined && meetsAll(row, where) ? [row] : [];
  }
  return [...draft.rows(table)].filter((row) => meetsAll(row, where));
}

function conditionProblem(
  type: ColumnType,
  column: string,
  test: Condition[1],
  value: Condition[2],
): Refusal | undefined {
  const isScalar = type.kind === 'atom' || type.kind === 'optional';
  switch (test) {
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const isNumber = type.key.kind === 'integer' || type.key.kind === 'real';
      if (isScalar && isNumber) return valueProblem({ ...type, kind: 'atom' }, value);
      const details = `Type mismatch: "${test}" operator may not be applied to column ${column}.`;
      return { error: 'syntax error', details };
    }
    case '==':
    case '!=':
      return isScalar && isSet(value) ? atomsProblem(type, value) : valueProblem(type, value);
    case 'includes':
    case 'excludes': {
      if (type.kind === 'map' && !isMap(value)) return { error: 'syntax error', details: 'expected a map' };
      const { max } = cardinalityOf(type);
      const unlimited = max === 'unlimited' || (test === 'excludes' && type.kind !== 'atom');
      if (unlimited || sizeOf(value) <= max) return atomsProblem(type, value);
      const details = `set must have 0 to ${max} members but ${sizeOf(value)} are present`;
      return { error: 'syntax error', details };
    }
  }
}
