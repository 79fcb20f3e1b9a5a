import type { Change, ObjectRef } from '@berth/core';
import type { Operation } from '@berth/ovsdb/value';

/**
 * The object behind an operation that was refused: that of the row it is about, else of a row of the same table. What is
 * refused at the commit has no operation: then it is the first object there is.
 */
export function culpritOf(
  changes: readonly Change[],
  operation: Operation | undefined,
): ObjectRef | undefined {
  const blamed = changes.filter(({ cause }) => cause !== undefined);
  const uuid = operation && uuidOf(operation);
  const table = operation && 'table' in operation ? operation.table : undefined;
  const found =
    blamed.find((change) => change.uuid === uuid) ?? blamed.find((change) => change.table === table);
  return (found ?? blamed[0])?.cause;
}

/** The row that an operation of ours is about: ours name one row each. */
function uuidOf(operation: Operation): unknown {
  if (operation.op === 'insert') return operation.uuid;
  if (operation.op !== 'update' && operation.op !== 'mutate' && operation.op !== 'delete') return undefined;
  return operation.where.find(([column]) => column === '_uuid')?.[2];
}
