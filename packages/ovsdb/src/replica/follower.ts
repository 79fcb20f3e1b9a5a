import type { DatabaseSchema } from '../schema/database-schema.ts';
import { isJsonArray, type Json } from '../value/json.ts';
import type { RowCodec } from '../value/row-codec.ts';
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
import { codecsOf, monitorRequests, type Selection, updateFault } from './monitor-request.ts';
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

type Reading = { readonly schema: DatabaseSchema; readonly codecs: ReadonlyMap<string, RowCodec> };

/** The state behind a replica: takes what the server sends and keeps the snapshot, over any number of connections. */
export class Follower {
  readonly id: string;
  readonly #options: FollowerOptions;
  readonly #listeners = new Listeners<ReplicaChange>();
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

  listen(listener: (change: ReplicaChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * The parameters of `monitor_cond_since` (ovsdb-server(7) section 4.1.15), which ask for what happened since the last transaction seen.
   * Throws `OvsdbFault` `unknown-table-or-column`.
   */
  requestParams(schema: DatabaseSchema): readonly Json[] {
    if (!isSameSchema(this.#reading?.schema, schema)) {
      this.#reading = { schema, codecs: codecsOf(schema, this.#options.selection) };
      this.#lastTransaction = zeroUuid;
    }
    return [schema.name, this.id, monitorRequests(this.#codecs()), this.#lastTransaction];
  }

  /** Takes the answer to `monitor_cond_since`: what was missed, or, when the server no longer knows that, everything. */
  acceptAnswer(json: Json): void {
    if (!isJsonArray(json)) throw updateFault('the answer to monitor_cond_since is not a list');
    const [found, transaction, updates] = json;
    const base = this.#snapshot ?? this.#emptySnapshot();
    if (found === true) {
      this.#commit(base, decodeUpdates(this.#codecs(), base, updates), transaction);
      return;
    }
    const sameSchema = base.schema === this.#reading?.schema;
    const comparable = sameSchema ? base : recast(base, this.#emptySnapshot());
    this.#commit(comparable, decodeContents(this.#codecs(), comparable, updates), transaction);
  }

  /** Takes the parameters of an `update3` notification (ovsdb-server(7) section 4.1.16). */
  acceptUpdate(params: readonly Json[]): void {
    const [, transaction, updates] = params;
    const base = this.#snapshot;
    if (base === undefined) throw updateFault('an update came before the contents');
    try {
      this.#commit(base, decodeUpdates(this.#codecs(), base, updates), transaction);
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

  #codecs(): ReadonlyMap<string, RowCodec> {
    return this.#reading?.codecs ?? new Map();
  }

  #emptySnapshot(): Snapshot {
    if (this.#reading === undefined) throw updateFault('an answer came before the request');
    return emptySnapshot(this.#reading.schema, [...this.#reading.codecs.keys()], this.#options.indexes);
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

function isSameSchema(left: DatabaseSchema | undefined, right: DatabaseSchema): boolean {
  return left !== undefined && left.version === right.version && left.cksum === right.cksum;
}
