import { Follower } from '../replica/follower.ts';
import { Listeners } from '../replica/listeners.ts';
import type { Selection } from '../replica/monitor-request.ts';
import { type ReplicaOf, replicaOf } from '../replica/replica-of.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import type { Operation, ResultsOf } from '../value/operation.ts';
import { encodeOperation } from '../value/operation-codec.ts';
import { decodeResults } from '../value/result-codec.ts';
import type { Indexes } from '../value/snapshot.ts';
import type { Tables } from '../value/value.ts';
import { Connection, type ConnectionOptions, type ConnectionStatus } from './connection.ts';
import { requestSchema } from './get-schema.ts';
import type { Session } from './session.ts';
import { untilConnected } from './until-connected.ts';

/** What `Database.monitor` follows. */
export type MonitorOptions<T extends Tables, S> = {
  readonly tables: S;
  /** Columns to search by with `find`, besides the schema's own indexes. */
  readonly indexes?: Indexes<T>;
};

/** A database on a server: transactions and replicas over one connection that comes back when it breaks. Made by `openDatabase`. */
export class Database<T extends Tables = Tables> implements AsyncDisposable {
  readonly name: string;
  readonly #connection: Connection;
  readonly #followers = new Map<string, Follower>();
  readonly #statusListeners = new Listeners<ConnectionStatus>();
  #schema: DatabaseSchema | undefined;
  #nextMonitor = 1;

  constructor(name: string, options: Omit<ConnectionOptions, 'prepare' | 'onNotification' | 'onStatus'>) {
    this.name = name;
    this.#connection = new Connection({
      ...options,
      prepare: (session) => this.#prepare(session),
      onNotification: (_session, method, params) => this.#onNotification(method, params),
      onStatus: (status) => this.#statusListeners.tell(status),
    });
  }

  /** The schema as the server had it when the present connection was made. */
  get schema(): DatabaseSchema {
    if (this.#schema !== undefined) return this.#schema;
    throw new OvsdbFault('disconnected', 'the database is not open yet', { outcome: 'not-sent' });
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** Connects for the first time: tries each remote once and rejects with the fault of the last. `openDatabase` has done it. */
  open(signal?: AbortSignal): Promise<void> {
    return this.#connection.open(signal);
  }

  /** Calls `listener` at each change of `status`, until the returned function is called. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    return this.#statusListeners.add(listener);
  }

  /** Resolves when the database is connected, at once if it is. Rejects with `OvsdbFault` `closed`, or `aborted` by the signal. */
  connected(signal?: AbortSignal): Promise<void> {
    return untilConnected(this, signal);
  }

  /**
   * Runs operations as one transaction (RFC 7047 section 4.1.3) and returns their results in order. When it resolves,
   * the replicas of this database hold its effects. Rejects with `TransactionFault` when the server refused it, with `OvsdbFault`
   * `bad-value` or `unknown-table-or-column` before sending anything, and with `disconnected` when there was no answer:
   * its `outcome` says whether the transaction may have been committed. Nothing is repeated by itself.
   */
  async transact<const Operations extends readonly Operation[]>(
    operations: Operations,
  ): Promise<ResultsOf<Operations>> {
    const schema = this.schema;
    const encoded = operations.map((operation) => encodeOperation(schema, operation));
    return await this.#connection.request('transact', [this.name, ...encoded], (result) =>
      decodeResults(schema, operations, result),
    );
  }

  /**
   * Follows tables (ovsdb-server(7) section 4.1.15, `monitor_cond_since`). Resolves once their contents are in.
   * Rejects with `OvsdbFault` `unknown-table-or-column` or as a request does.
   */
  async monitor<const S extends Selection<T>>(options: MonitorOptions<T, S>): Promise<ReplicaOf<T, S>> {
    const { tables: selection, indexes = {} } = options;
    const follower = new Follower({ id: `replica-${this.#nextMonitor++}`, selection, indexes });
    await this.#connection.request('monitor_cond_since', follower.requestParams(this.schema), (answer) => {
      follower.acceptAnswer(answer);
      this.#followers.set(follower.id, follower);
    });
    return replicaOf<T, S>(follower, () => this.#forget(follower));
  }

  /** Ends the connection and all replicas. Requests without an answer are rejected with `closed`. */
  async close(): Promise<void> {
    this.#followers.clear();
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #prepare(session: Session): Promise<void> {
    const schema = await requestSchema(session, this.name);
    this.#schema = schema;
    for (const follower of [...this.#followers.values()]) {
      await session.request('monitor_cond_since', follower.requestParams(schema), (answer) => {
        follower.acceptAnswer(answer);
      });
    }
  }

  #onNotification(method: string, params: readonly Json[]): void {
    const [id] = params;
    const follower = typeof id === 'string' ? this.#followers.get(id) : undefined;
    if (follower === undefined) return;
    if (method === 'update3') follower.acceptUpdate(params);
    if (method === 'monitor_canceled') {
      this.#connection.restart(
        new OvsdbFault('disconnected', 'the server cancelled a monitor: its schema changed', {
          retry: 'backoff',
        }),
      );
    }
  }

  async #forget(follower: Follower): Promise<void> {
    if (!this.#followers.delete(follower.id)) return;
    try {
      await this.#connection.request('monitor_cancel', [follower.id], () => undefined);
    } catch (error) {
      if (!(error instanceof OvsdbFault)) throw error;
    }
  }
}
