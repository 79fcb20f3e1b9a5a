import type { Duplex } from 'node:stream';
import { formatSchema } from '../schema/format.ts';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import { createFramer } from '../wire/framing.ts';
import { formatMessage, parseMessage } from '../wire/json-rpc.ts';
import type { Committed, MemoryDatabase } from './memory-database.ts';
import type { LockClient, MemoryLocks } from './memory-locks.ts';
import {
  changesBetween,
  decodeMonitor,
  initialUpdates,
  type MemoryMonitor,
  updatesOf,
} from './memory-monitor.ts';
import { MemoryTransactions } from './memory-transactions.ts';

/** An error answer. */
class Refusal extends Error {
  readonly answer: Json;

  constructor(answer: Json) {
    super(JSON.stringify(answer));
    this.answer = answer;
  }
}

/** How the monitor methods differ: the form of updates, the notification, and whether transactions have ids. */
const methods = {
  monitor: { form: 'old', notification: 'update' },
  monitor_cond: { form: 'new', notification: 'update2' },
  monitor_cond_since: { form: 'new', notification: 'update3' },
} as const;

type Following = { readonly monitor: MemoryMonitor; readonly method: keyof typeof methods };

/** One client of an in-memory server. */
export class MemorySession implements LockClient {
  readonly #stream: Duplex;
  readonly #database: MemoryDatabase;
  readonly #locks: MemoryLocks;
  readonly #monitors = new Map<string, Following>();
  readonly #transactions: MemoryTransactions;
  readonly #unwatch: () => void;

  constructor(stream: Duplex, database: MemoryDatabase, locks: MemoryLocks) {
    this.#stream = stream;
    this.#database = database;
    this.#locks = locks;
    this.#transactions = new MemoryTransactions(database, {
      holdsLock: (lock) => locks.holds(this, lock),
      answer: (id, result) => this.#write({ kind: 'result', id, result }),
    });
    this.#unwatch = database.watch((committed) => this.#onCommit(committed));
    const framer = createFramer(2 ** 30);
    stream.on('data', (chunk: Uint8Array) => {
      for (const text of framer.push(chunk)) this.#handle(text);
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.end());
  }

  /** Hangs up. */
  end(): void {
    this.#unwatch();
    this.#transactions.end();
    this.#locks.releaseAll(this);
    this.#stream.destroy();
  }

  tell(method: 'locked' | 'stolen', lock: string): void {
    this.#write({ kind: 'notification', method, params: [lock] });
  }

  #handle(text: string): void {
    const message = parseMessage(text);
    if (message.kind === 'notification' && message.method === 'cancel') {
      const [id = null] = message.params;
      if (this.#transactions.cancel(id)) this.#write({ kind: 'error', id, error: 'canceled' });
    }
    if (message.kind !== 'request') return;
    const { id, method, params } = message;
    try {
      const result = this.#answer(id, method, params);
      if (result !== undefined) this.#write({ kind: 'result', id, result });
    } catch (error) {
      this.#write({ kind: 'error', id, error: answerOf(error) });
    }
  }

  /** The result; `undefined` when it comes later. */
  #answer(id: Json, method: string, params: readonly Json[]): Json | undefined {
    const [first] = params;
    switch (method) {
      case 'echo':
        return params;
      case 'list_dbs':
        return [this.#database.schema.name];
      case 'get_schema':
        this.#demandDatabase(first);
        return formatSchema(this.#database.schema);
      case 'transact':
        this.#demandDatabase(first);
        this.#transactions.run(id, params.slice(1));
        return undefined;
      case 'monitor':
      case 'monitor_cond':
      case 'monitor_cond_since':
        this.#demandDatabase(first);
        return this.#monitor(method, params.slice(1));
      case 'monitor_cancel':
        if (this.#monitors.delete(JSON.stringify(first ?? null))) return {};
        throw new Refusal('unknown monitor');
      case 'lock':
      case 'steal':
      case 'unlock':
        return this.#lock(method, String(first));
      case 'set_db_change_aware':
        return {};
      default:
        throw new Refusal('unknown method');
    }
  }

  #monitor(method: keyof typeof methods, [id = null, requests, last]: readonly Json[]): Json {
    const key = JSON.stringify(id);
    if (this.#monitors.has(key)) {
      throw new Refusal({ error: 'syntax error', details: 'duplicate monitor ID' });
    }
    const { schema, snapshot } = this.#database;
    const monitor = decodeMonitor(schema, requests, methods[method].form);
    this.#monitors.set(key, { monitor, method });
    if (method !== 'monitor_cond_since') return initialUpdates(monitor, snapshot);
    const since = typeof last === 'string' ? this.#database.snapshotAfter(last) : undefined;
    if (since === undefined) return [false, this.#database.last, initialUpdates(monitor, snapshot)];
    return [true, this.#database.last, updatesOf(monitor, schema, changesBetween(since, snapshot))];
  }

  #lock(method: 'lock' | 'steal' | 'unlock', lock: string): Json {
    const isAsked = this.#locks.isAsked(this, lock);
    if (method === 'unlock') {
      if (!isAsked) throw new Refusal({ error: 'syntax error', details: 'not holding the lock' });
      this.#locks.release(this, lock);
      return {};
    }
    if (isAsked)
      throw new Refusal({ error: 'syntax error', details: 'must issue "unlock" before new "lock"' });
    return { locked: this.#locks.take(this, lock, method) };
  }

  #onCommit({ id, changes }: Committed): void {
    for (const [key, { monitor, method }] of this.#monitors) {
      const updates = updatesOf(monitor, this.#database.schema, changes);
      if (Object.keys(updates).length === 0) continue;
      const name: Json = JSON.parse(key);
      const params = method === 'monitor_cond_since' ? [name, id, updates] : [name, updates];
      this.#write({ kind: 'notification', method: methods[method].notification, params });
    }
    setImmediate(() => this.#transactions.retry());
  }

  #demandDatabase(name: Json | undefined): void {
    if (name === this.#database.schema.name) return;
    throw new Refusal({ error: 'unknown database', details: `there is no database ${JSON.stringify(name)}` });
  }

  #write(message: Parameters<typeof formatMessage>[0]): void {
    if (!this.#stream.destroyed) this.#stream.write(formatMessage(message));
  }
}

function answerOf(error: unknown): Json {
  if (error instanceof Refusal) return error.answer;
  if (error instanceof OvsdbFault) return { error: 'syntax error', details: error.message };
  throw error;
}
