import { randomUUID } from 'node:crypto';
import { applyTransaction, type TransactionOutcome } from '../check/apply-transaction.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Operation } from '../value/operation.ts';
import type { Snapshot, TableChange } from '../value/snapshot.ts';
import { isUuid, zeroUuid } from '../value/uuid.ts';
import type { Uuid } from '../value/value.ts';

/** One committed transaction. */
export type Committed = {
  readonly id: Uuid;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly changes: readonly TableChange[];
};

/** How many transactions a clustered ovsdb-server remembers. */
const historyDepth = 100;

/** The contents of an in-memory server: a snapshot and what led to it. */
export class MemoryDatabase {
  readonly #clustered: boolean;
  readonly #watchers = new Set<(committed: Committed) => void>();
  #snapshot: Snapshot;
  #history: Committed[] = [];
  #last: Uuid;

  constructor(snapshot: Snapshot, clustered: boolean) {
    this.#snapshot = snapshot;
    this.#clustered = clustered;
    this.#last = clustered ? newUuid() : zeroUuid;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get schema(): DatabaseSchema {
    return this.#snapshot.schema;
  }

  /** The id of the last transaction; the zero UUID in a standalone database. */
  get last(): Uuid {
    return this.#last;
  }

  /** Calls `watcher` after each transaction that changed something, until the returned function is called. */
  watch(watcher: (committed: Committed) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  transact(
    operations: readonly Operation[],
    about: { readonly holdsLock: (lock: string) => boolean; readonly waitedMs: number },
  ): TransactionOutcome {
    const before = this.#snapshot;
    const outcome = applyTransaction(before, operations, { newUuid, ...about });
    if (outcome.kind === 'committed' && outcome.changes.length > 0) {
      this.#snapshot = outcome.snapshot;
      if (this.#clustered) this.#last = newUuid();
      const committed = { id: this.#last, before, after: outcome.snapshot, changes: outcome.changes };
      if (this.#clustered) this.#history = [...this.#history, committed].slice(-historyDepth);
      for (const watcher of [...this.#watchers]) watcher(committed);
    }
    return outcome;
  }

  /** The snapshot right after a transaction; `undefined` when it is not remembered. */
  snapshotAfter(transaction: string): Snapshot | undefined {
    if (!this.#clustered) return undefined;
    if (transaction === this.#last) return this.#snapshot;
    return this.#history.find(({ id }) => id === transaction)?.after;
  }
}

function newUuid(): Uuid {
  const text = randomUUID();
  if (!isUuid(text)) throw new TypeError(`${text} is not a UUID`);
  return text;
}
