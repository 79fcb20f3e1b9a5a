import type { Snapshot } from '../value/snapshot.ts';
import type { Tables } from '../value/value.ts';
import type { RowEvent } from './row-event.ts';

/** What one update of the server did: the snapshot after it, and each row that is not as it was, by table and UUID. */
export type ReplicaChange<T extends Tables = Tables> = {
  readonly snapshot: Snapshot<T>;
  readonly events: readonly RowEvent<T>[];
};

/**
 * A copy of some tables that follows the server. While the connection is down it keeps its last contents; once it is back,
 * only what really changed in between is reported. It is never seen empty or half-filled.
 */
export type Replica<T extends Tables = Tables> = AsyncDisposable & {
  /** The present contents: an immutable value, free to keep. */
  snapshot(): Snapshot<T>;
  /**
   * Calls `listener` after each update of the server that changed something, once per update, until the returned function is called.
   * What a listener throws does not reach the replica; it becomes an uncaught exception.
   */
  subscribe(listener: (change: ReplicaChange<T>) => void): () => void;
  /** Stops following. The last snapshot stays readable. */
  close(): Promise<void>;
};
