import { type Database, openDatabase, type Replica } from '@berth/ovsdb';
import type { Operation, Snapshot } from '@berth/ovsdb/value';
import { NodeFault } from '../fault.ts';
import { numberOf, rootOf } from './row.ts';

/** Everything we read of the node's switch; its counters, which change all the time, are left out. */
const tables = {
  Open_vSwitch: ['bridges', 'cur_cfg', 'external_ids', 'next_cfg'],
  Bridge: ['datapath_type', 'external_ids', 'name', 'ports'],
  Port: ['external_ids', 'interfaces', 'name', 'trunks'],
  Interface: [
    'admin_state',
    'bfd_status',
    'error',
    'external_ids',
    'ifindex',
    'link_state',
    'mtu',
    'name',
    'ofport',
    'type',
  ],
} as const;

/** A node's Open_vSwitch database: its present contents, and transactions on it. Made by {@link openNodeDatabase}. */
export class NodeDatabase implements AsyncDisposable {
  readonly #database: Database;
  readonly #replica: Replica;

  constructor(database: Database, replica: Replica) {
    this.#database = database;
    this.#replica = replica;
  }

  /** Whether the server can be reached now. */
  get isConnected(): boolean {
    return this.#database.status.kind === 'connected';
  }

  /** The contents now; after a transaction, with its effects. */
  snapshot(): Snapshot {
    return this.#replica.snapshot();
  }

  /** Runs operations as one transaction; none at all is no transaction. Throws `OvsdbFault`. */
  async transact(operations: readonly Operation[]): Promise<void> {
    if (operations.length > 0) await this.#database.transact(operations);
  }

  /** Calls back after each change of what we read, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    return this.#replica.subscribe(() => listener());
  }

  /** Waits until `test` holds; false if it does not within `timeoutMs`. Rejects with the signal's reason. */
  until(test: (snapshot: Snapshot) => boolean, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const check = (): void => {
      if (test(this.snapshot())) resolve(true);
    };
    const abort = (): void => reject(signal?.reason);
    const unsubscribe = this.subscribe(check);
    const timer = setTimeout(() => resolve(false), timeoutMs);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    check();
    return promise.finally(() => {
      unsubscribe();
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
  }

  /**
   * Waits until ovs-vswitchd has taken up every change that was counted in `next_cfg` (ovs-vswitchd.conf.db(5)).
   * Throws `NodeFault` `switch-not-answering`.
   */
  async applied(timeoutMs: number): Promise<void> {
    if (await this.until(isApplied, timeoutMs)) return;
    throw new NodeFault(
      'switch-not-answering',
      `ovs-vswitchd did not take up its configuration within ${timeoutMs} ms: is it running?`,
    );
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The operations that count a change in `next_cfg`, so that {@link NodeDatabase.applied} waits for it. */
export function countChange(snapshot: Snapshot): readonly Operation[] {
  const root = rootOf(snapshot);
  if (!root) return [];
  const where = [['_uuid', '==', root._uuid]] as const;
  return [{ op: 'mutate', table: 'Open_vSwitch', where, mutations: [['next_cfg', '+=', 1]] }];
}

/** Opens a node's database and reads it. Throws `OvsdbFault`. */
export async function openNodeDatabase(
  remote: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<NodeDatabase> {
  const database = await openDatabase({ remotes: [remote], database: 'Open_vSwitch', ...options });
  try {
    return new NodeDatabase(database, await database.monitor({ tables }));
  } catch (error) {
    await database.close();
    throw error;
  }
}

function isApplied(snapshot: Snapshot): boolean {
  const root = rootOf(snapshot);
  return !root || (numberOf(root, 'cur_cfg') ?? 0) >= (numberOf(root, 'next_cfg') ?? 0);
}
