import type { DatabaseSchema } from '../schema/database-schema.ts';
import { isJsonArray, type Json } from '../value/json.ts';
import {
  changeSnapshot,
  emptySnapshot,
  type Indexes,
  type Snapshot,
  type TableChange,
} from '../value/snapshot.ts';
import { zeroUuid } from '../value/uuid.ts';
import { decodeContents } from './contents.ts';
import { Listeners } from './listeners.ts';
import {
  type MonitorMethod,
  monitorRequests,
  readingsOf,
  type Selection,
  type TableReading,
  updateFault,
} from './monitor-request.ts';
import { decodePlainUpdates } from './plain-update.ts';
import type { ReplicaChange } from './replica.ts';
import { eventsOf } from './row-event.ts';
import { decodeUpdates } from './update.ts';

/** What a replica follows. */
export type FollowerOptions = {
  /** Names the monitor to the server; unique within the connection. */
  readonly id: string;
  readonly selection: Selection;
  readonly indexes: Indexes;
};

type Reading = { readonly schema: DatabaseSchema; readonly tables: ReadonlyMap<string, TableReading> };

const notifications = { monitor_cond_since: 'update3', monitor_cond: 'update2', monitor: 'update' } as const;

/** The state behind a replica: takes what the server sends and keeps the snapshot, over any number of connections. */
export class Follower {
  readonly id: string;
  readonly #options: FollowerOptions;
  readonly #listeners = new Listeners<ReplicaChange>();
  #method: MonitorMethod = 'monitor_cond_since';
  #reading: Reading | undefined;
  #snapshot: Snapshot | undefined;
  #lastTransaction: string = zeroUuid;

  constructor(options: FollowerOptions) {
    this.id = options.id;
    this.#options = options;
  }

  /** The contents; `undefined` before the first have arrived. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The method of the notifications that follow the last request. */
  get notification(): 'update3' | 'update2' | 'update' {
    return notifications[this.#method];
  }

  listen(listener: (change: ReplicaChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * The parameters of a monitor request. `monitor_cond_since` (ovsdb-server(7) section 4.1.15) asks for what happened since the last transaction
   * seen; the others always ask for everything. Throws `OvsdbFault` `unknown-table-or-column`.
   */
  requestParams(schema: DatabaseSchema, method: MonitorMethod = 'monitor_cond_since'): readonly Json[] {
    this.#method = method;
    if (!isSameSchema(this.#reading?.schema, schema)) {
      this.#reading = { schema, tables: readingsOf(schema, this.#options.selection) };
      this.#lastTransaction = zeroUuid;
    }
    const params = [schema.name, this.id, monitorRequests(this.#tables(), method)];
    return method === 'monitor_cond_since' ? [...params, this.#lastTransaction] : params;
  }

  /** Takes the answer to the request: what was missed, or, when the server cannot tell that, everything. */
  acceptAnswer(json: Json): void {
    const [found, transaction, updates] =
      this.#method === 'monitor_cond_since' ? listOf(json) : [false, null, json];
    const base = this.#snapshot ?? this.#emptySnapshot();
    if (found === true) {
      this.#commit(base, decodeUpdates(this.#tables(), base, updates), transaction);
      return;
    }
    const sameSchema = base.schema === this.#reading?.schema;
    const comparable = sameSchema ? base : recast(base, this.#emptySnapshot());
    this.#commit(comparable, decodeContents(this.#tables(), comparable, updates), transaction);
  }

  /** Takes the parameters of the notification named by `notification` (ovsdb-server(7) sections 4.1.14 and 4.1.16, RFC 7047 section 4.1.6). */
  acceptUpdate(params: readonly Json[]): void {
    const since = this.#method === 'monitor_cond_since';
    const [transaction, updates] = since ? params.slice(1) : [null, params[1]];
    const base = this.#snapshot;
    if (base === undefined) throw updateFault('an update came before the contents');
    const decode = this.#method === 'monitor' ? decodePlainUpdates : decodeUpdates;
    try {
      this.#commit(base, decode(this.#tables(), base, updates), transaction);
    } catch (error) {
      this.#lastTransaction = zeroUuid;
      throw error;
    }
  }

  #commit(base: Snapshot, changes: readonly TableChange[], transaction: Json | undefined): void {
    const snapshot = changeSnapshot(base, changes);
    this.#snapshot = snapshot;
    this.#lastTransaction = typeof transaction === 'string' ? transaction : zeroUuid;
    if (this.#listeners.size === 0) return;
    const events = eventsOf(changes);
    if (events.length > 0) this.#listeners.tell({ snapshot, events });
  }

  #tables(): ReadonlyMap<string, TableReading> {
    return this.#reading?.tables ?? new Map();
  }

  #emptySnapshot(): Snapshot {
    if (this.#reading === undefined) throw updateFault('an answer came before the request');
    return emptySnapshot(this.#reading.schema, [...this.#reading.tables.keys()], this.#options.indexes);
  }
}

/** The rows of a snapshot put into an empty one of another schema, so that the two can be compared. Tables that are gone are left out. */
function recast(from: Snapshot, empty: Snapshot): Snapshot {
  const kept = empty.tableNames.filter((table) => from.tableNames.includes(table));
  return changeSnapshot(
    empty,
    kept.map((table) => ({
      table,
      changes: [...from.table(table)].map((after) => ({ uuid: after._uuid, after })),
    })),
  );
}

function listOf(json: Json): readonly Json[] {
  if (isJsonArray(json)) return json;
  throw updateFault('the answer to monitor_cond_since is not a list');
}

function isSameSchema(left: DatabaseSchema | undefined, right: DatabaseSchema): boolean {
  return left !== undefined && left.version === right.version && left.cksum === right.cksum;
}
