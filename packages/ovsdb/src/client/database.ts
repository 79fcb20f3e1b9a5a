import { Follower } from '../replica/follower.ts';
import { Listeners } from '../replica/listeners.ts';
import { type MonitorMethod, monitorMethods, type Selection } from '../replica/monitor-request.ts';
import { type ReplicaOf, replicaOf } from '../replica/replica-of.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { OvsdbFault } from '../value/fault.ts';
import { isJsonArray, type Json } from '../value/json.ts';
import type { Operation, ResultsOf } from '../value/operation.ts';
import { encodeOperation } from '../value/operation-codec.ts';
import { decodeResults } from '../value/result-codec.ts';
import type { Indexes } from '../value/snapshot.ts';
import type { Tables } from '../value/value.ts';
import { Connection, type ConnectionOptions, type ConnectionStatus } from './connection.ts';
import { requestSchema } from './get-schema.ts';
import type { Lock } from './lock.ts';
import { Locks } from './locks.ts';
import { refusalWord } from './request-fault.ts';
import { ServerWatch } from './server-watch.ts';
import type { Session } from './session.ts';
import { startMonitor } from './start-monitor.ts';
import { untilConnected } from './until-connected.ts';

/** What `Database.monitor` follows. */
export type MonitorOptions<T extends Tables, S> = {
  readonly tables: S;
  /** Columns to search by with `find`, besides the schema's own indexes. */
  readonly indexes?: Indexes<T>;
};

export type DatabaseOptions = Omit<ConnectionOptions, 'prepare' | 'onNotification' | 'onStatus'> & {
  readonly leaderOnly: boolean;
};

/** A database on a server: transactions and replicas over one connection that comes back when it breaks. Made by `openDatabase`. */
export class Database<T extends Tables = Tables> implements AsyncDisposable {
  readonly name: string;
  readonly #connection: Connection;
  readonly #server: ServerWatch;
  readonly #locks = new Locks();
  readonly #followers = new Map<string, Follower>();
  readonly #statusListeners = new Listeners<ConnectionStatus>();
  readonly #request: Session['request'];
  #schema: DatabaseSchema | undefined;
  #method: MonitorMethod = monitorMethods[0];
  #nextMonitor = 1;

  constructor(name: string, options: DatabaseOptions) {
    this.name = name;
    this.#server = new ServerWatch({ database: name, leaderOnly: options.leaderOnly });
    this.#connection = new Connection({
      ...options,
      prepare: (session) => this.#prepare(session),
      onNotification: (session, method, params) => this.#onNotification(session, method, params),
      onStatus: (status) => {
        if (status.kind !== 'connected') this.#locks.drop();
        this.#statusListeners.tell(status);
      },
    });
    this.#request = this.#connection.request.bind(this.#connection);
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
   * Aborting the signal takes back a transaction that still waits (RFC 7047 section 4.1.4), which then is `aborted` and did nothing.
   */
  async transact<const Operations extends readonly Operation[]>(
    operations: Operations,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ResultsOf<Operations>> {
    const schema = this.schema;
    const encoded = operations.map((operation) => encodeOperation(schema, operation));
    const accept = (result: Json) => decodeResults(schema, operations, result);
    return await this.#request('transact', [this.name, ...encoded], accept, options);
  }

  /**
   * Follows tables, or the rows of them that meet conditions. Resolves once their contents are in.
   * Rejects with `OvsdbFault` `unknown-table-or-column` or as a request does.
   */
  async monitor<const S extends Selection<T>>(options: MonitorOptions<T, S>): Promise<ReplicaOf<T, S>> {
    const { tables: selection, indexes = {} } = options;
    const follower = new Follower({ id: `replica-${this.#nextMonitor++}`, selection, indexes });
    await startMonitor(this.#request, follower, this.schema, {
      from: this.#method,
      onContents: () => this.#followers.set(follower.id, follower),
    });
    return replicaOf<T, S>(follower, () => this.#forget(follower));
  }

  /** Asks for a lock (RFC 7047 section 4.1.8). Resolves at once; the lock says when it is held. Rejects as a request does. */
  lock(name: string): Promise<Lock> {
    return this.#locks.take(this.#request, name, 'lock');
  }

  /** Takes a lock from whoever holds it. */
  steal(name: string): Promise<Lock> {
    return this.#locks.take(this.#request, name, 'steal');
  }

  /** The databases of the server (RFC 7047 section 4.1.1). */
  listDatabases(): Promise<readonly string[]> {
    return this.#request('list_dbs', [], (result) => (isJsonArray(result) ? result.map(String) : []));
  }

  /** Resolves when the server has answered (RFC 7047 section 4.1.11): everything it sent before has been handled. */
  echo(): Promise<void> {
    return this.#request('echo', [], () => undefined);
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
    await Promise.all([beAwareOfChanges(session), this.#server.admit(session)]);
    const schema = await requestSchema(session, this.name);
    this.#schema = schema;
    this.#method = monitorMethods[0];
    for (const follower of [...this.#followers.values()]) {
      this.#method = await startMonitor(session.request.bind(session), follower, schema, {
        from: this.#method,
      });
    }
    await this.#locks.renew(session);
  }

  #onNotification(session: Session, method: string, params: readonly Json[]): void {
    const server = this.#server.accept(method, params);
    if (server?.unfit !== undefined) session.end(server.unfit);
    if (server !== undefined) return;
    this.#locks.accept(method, params);
    const [id] = params;
    const follower = typeof id === 'string' ? this.#followers.get(id) : undefined;
    if (follower === undefined) return;
    if (method === follower.notification) follower.acceptUpdate(params);
    if (method === 'monitor_canceled') session.end(changedFault());
  }

  async #forget(follower: Follower): Promise<void> {
    if (!this.#followers.delete(follower.id)) return;
    try {
      await this.#request('monitor_cancel', [follower.id], () => undefined);
    } catch (error) {
      if (!(error instanceof OvsdbFault)) throw error;
    }
  }
}

/** Without it the server hangs up whenever any of its databases comes, goes or changes (ovsdb-server(7) section 4.1.18). */
async function beAwareOfChanges(session: Session): Promise<void> {
  try {
    await session.request('set_db_change_aware', [true], () => undefined);
  } catch (error) {
    if (refusalWord(error) === undefined) throw error;
  }
}

function changedFault(): OvsdbFault {
  const message = 'the server cancelled a monitor: the database was removed or its schema changed';
  return new OvsdbFault('disconnected', message, { retry: 'backoff' });
}
