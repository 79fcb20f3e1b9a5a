import { epochKey } from '@berth/api';
import { type Columns, type Database, type Operation, type Replica, TransactionFault } from '@berth/ovsdb';
import type { Row, Tables } from '@berth/ovsdb/value';
import { EngineFault } from '../engine-fault.ts';

/** The largest transactions take seconds on a busy server. */
const answerTimeoutMs = 60_000;

/** A database of the OVN and the table whose one row carries the epoch: NB_Global or SB_Global. */
export type Guarded = {
  readonly database: Pick<Database<Tables>, 'name' | 'transact'>;
  readonly replica: Replica<Tables>;
  readonly table: 'NB_Global' | 'SB_Global';
};

/** Writes to one database as long as its epoch is ours: the check and the writes are one transaction. */
export class EpochGuard {
  readonly #guarded: Guarded;
  readonly #epoch: number;
  readonly #key: string;
  /** What is written with the epoch. */
  readonly #beside: readonly (readonly [key: string, value: string])[];

  constructor(
    guarded: Guarded,
    epoch: number,
    key: string,
    beside: readonly (readonly [key: string, value: string])[] = [],
  ) {
    this.#guarded = guarded;
    this.#epoch = epoch;
    this.#key = key;
    this.#beside = beside;
  }

  /**
   * Runs operations if the database still carries our epoch. When it lost it (someone wiped it), it is written again
   * first. Throws {@link EngineFault} `fenced` when another controller raised it.
   */
  async transact(operations: readonly Operation[]): Promise<void> {
    try {
      await this.#write(operations);
    } catch (fault) {
      if (!(fault instanceof TransactionFault && fault.errors.some(({ index }) => index === 0))) throw fault;
      await this.raise();
      await this.#write(operations);
    }
  }

  /**
   * Writes our epoch again where the database carries none, though there is nothing else to write. Throws {@link EngineFault} `fenced`
   * where it carries that of another controller.
   */
  async keep(): Promise<void> {
    const { present } = this;
    if (present === undefined || present > this.#epoch) await this.raise();
  }

  /** The epoch the database carries; undefined when it carries none. */
  get present(): number | undefined {
    return epochOf(this.#guarded, this.#key);
  }

  /** Writes our epoch in place of a lower one, or of none. */
  async raise(): Promise<void> {
    const { database, replica, table } = this.#guarded;
    const { present } = this;
    if (present !== undefined && present > this.#epoch)
      throw new EngineFault('fenced', takenOver(this.#epoch, present));
    if (present === this.#epoch) return;
    const [row] = replica.snapshot().table(table);
    const ids = new Map([[this.#key, String(this.#epoch)], ...this.#beside]);
    if (!row) {
      const none = { ...waitOn(table), until: '==', rows: [] } as const;
      await database.transact([none, { op: 'insert', table, row: { external_ids: ids } }]);
      return;
    }
    const where = [['_uuid', '==', row._uuid]] as const;
    const known: Columns = { external_ids: row['external_ids'] ?? new Map() };
    const wait = { ...waitOn(table), where, columns: ['external_ids'], until: '==', rows: [known] } as const;
    const mutations = [
      ['external_ids', 'delete', new Set(ids.keys())],
      ['external_ids', 'insert', ids],
    ] as const;
    await database.transact([wait, { op: 'mutate', table, where, mutations }]);
  }

  /** A server that never answers must not hold up the next pass for ever. Throws {@link EngineFault} `no-answer`. */
  async #write(operations: readonly Operation[]): Promise<void> {
    const { database } = this.#guarded;
    const signal = AbortSignal.timeout(answerTimeoutMs);
    try {
      await database.transact([this.#check(), ...operations], { signal });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      const message = `${database.name} did not answer a transaction within ${answerTimeoutMs / 1000} s: is its server stuck?`;
      throw new EngineFault('no-answer', message, { cause });
    }
  }

  /** Succeeds at once when a row with our epoch is there, fails at once when none is. */
  #check(): Operation {
    const where = [['external_ids', 'includes', new Map([[this.#key, String(this.#epoch)]])]] as const;
    return { ...waitOn(this.#guarded.table), where, until: '!=', rows: [] };
  }
}

/** Key of an instance's epoch: several Berths on one OVN do not fence each other. */
export function epochKeyOf(instance: string): string {
  return instanceKey(epochKey, instance);
}

/** Key of what an instance notes in the global row of a database. */
export function instanceKey(key: string, instance: string): string {
  return instance === 'default' ? key : `${key}.${instance}`;
}

/** The epoch in a database's global row. */
export function epochOf({ replica, table }: Omit<Guarded, 'database'>, key: string): number | undefined {
  return epochAmong(replica.snapshot().table(table), key);
}

/** The same of the rows of its global table. */
export function epochAmong(rows: Iterable<Row>, key: string): number | undefined {
  const text = notedAmong(rows, key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What the one row of a database's global table has under a key. */
export function notedAmong([row]: Iterable<Row>, key: string): string | undefined {
  const ids = row?.['external_ids'];
  const text = ids instanceof Map ? ids.get(key) : undefined;
  return typeof text === 'string' ? text : undefined;
}

function waitOn(table: string) {
  return { op: 'wait', table, where: [], columns: ['_uuid'], timeoutMs: 0 } as const;
}

function takenOver(own: number, present: number): string {
  return `another controller has taken over this OVN (epoch ${present}, ours is ${own}): stop one of the two`;
}
