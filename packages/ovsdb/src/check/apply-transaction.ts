import type { OperationError } from '../value/fault.ts';
import type { Operation, OperationResult } from '../value/operation.ts';
import { changeSnapshot, type Snapshot, type TableChange } from '../value/snapshot.ts';
import type { Tables, Uuid } from '../value/value.ts';
import { commit } from './commit.ts';
import { Draft } from './draft.ts';
import { type Execution, execute } from './execute.ts';
import { createNames } from './names.ts';
import { keepReferences } from './reference-index.ts';
import { Refused } from './refusal.ts';

/** What a transaction needs from outside. */
export type TransactionContext = {
  /** The UUIDs of new rows that have none of their own. Each must be new. */
  readonly newUuid: () => Uuid;
  /** Which locks the client holds, for `assert`. Default none. */
  readonly holdsLock?: (lock: string) => boolean;
  /** For how long the transaction has been waiting already, for `wait`. Default 0. */
  readonly waitedMs?: number;
};

/** What became of a transaction. */
export type TransactionOutcome<T extends Tables = Tables> =
  | {
      readonly kind: 'committed';
      /** The database after it. */
      readonly snapshot: Snapshot<T>;
      /** One for each operation. */
      readonly results: readonly OperationResult[];
      /** Every row that is not as it was, those that nobody named included. */
      readonly changes: readonly TableChange[];
    }
  | {
      readonly kind: 'refused';
      /** Those of the operations before the refused one. */
      readonly results: readonly OperationResult[];
      /** As the server would put it; the words of `details` are its own only in part. */
      readonly error: OperationError;
    }
  /** A `wait` does not hold, and its time is not over. */
  | { readonly kind: 'blocked'; readonly index: number; readonly timeoutMs: number | undefined };

/**
 * Runs a transaction on a snapshot as ovsdb-server would (RFC 7047 section 5.2), with all checks of a commit: types, ranges, enumerations and numbers of
 * elements, immutable columns, strong references, collection of unreferenced rows of non-root tables, `maxRows`, weak references, unique indexes.
 * Nothing is changed; the new snapshot shares what stays. Tables that the snapshot does not have are not there to operations,
 * and references to their rows are taken on trust.
 *
 * The first call on a snapshot counts its references; on a snapshot that comes from here a call costs what the transaction touches.
 */
export function applyTransaction<T extends Tables>(
  snapshot: Snapshot<T>,
  operations: readonly Operation[],
  { newUuid, holdsLock = () => false, waitedMs = 0 }: TransactionContext,
): TransactionOutcome<T> {
  const draft = new Draft(snapshot);
  const execution: Execution = { draft, newUuid, holdsLock, names: createNames(newUuid) };
  const results: OperationResult[] = [];
  try {
    for (const [index, operation] of operations.entries()) {
      const result = execute(execution, operation);
      if (result !== 'blocked') {
        results.push(result);
        continue;
      }
      const { timeoutMs } = operation.op === 'wait' ? operation : {};
      if (timeoutMs === undefined || timeoutMs > waitedMs) return { kind: 'blocked', index, timeoutMs };
      throw new Refused({ error: 'timed out', details: '"where" clause test failed' });
    }
    const references = commit(draft);
    const changes = draft.tableChanges();
    const after = changes.length === 0 ? snapshot : changeSnapshot(snapshot, changes);
    keepReferences(after, references);
    return { kind: 'committed', snapshot: after, results, changes };
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    const operation = operations[results.length];
    const place = { index: results.length, ...(operation === undefined ? {} : { operation }) };
    const { error, details } = refused.refusal;
    return { kind: 'refused', results, error: { ...place, error, details: `${error}: ${details}` } };
  }
}
