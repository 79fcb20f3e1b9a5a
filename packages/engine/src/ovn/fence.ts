import { epochKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { type Database, type Operation, type Replica, TransactionFault } from '@berth/ovsdb';
import { EngineFault } from '../engine-fault.ts';

/** Keeps an epoch where it survives: folder mode has it in the state, Kubernetes in the Lease. */
export type EpochStore = { readonly stored: number; readonly store: (epoch: number) => Promise<void> };

/** The largest transactions take seconds on a busy server. */
const answerTimeoutMs = 60_000;

/**
 * Fences by data: every transaction first checks that NB still carries our epoch, so that a controller that was
 * replaced cannot write a single row, however late its transaction arrives. OVSDB locks cannot do this: two members of
 * a cluster grant the same one.
 */
export class Fence {
  readonly epoch: number;
  readonly #nb: Database<NbTables>;
  readonly #replica: Replica<NbTables>;

  private constructor(nb: Database<NbTables>, replica: Replica<NbTables>, epoch: number) {
    this.#nb = nb;
    this.#replica = replica;
    this.epoch = epoch;
  }

  /** Takes over: stores an epoch above every known one, then raises it in NB. */
  static async claim(
    nb: Database<NbTables>,
    replica: Replica<NbTables>,
    { stored, store }: EpochStore,
  ): Promise<Fence> {
    const fence = new Fence(nb, replica, Math.max(stored, epochIn(replica) ?? 0) + 1);
    await store(fence.epoch);
    await fence.#raise();
    return fence;
  }

  /**
   * Runs operations if NB still carries our epoch. When NB lost it (someone wiped NB), it is written again first.
   * Throws {@link EngineFault} `fenced` when another controller raised it.
   */
  async transact(operations: readonly Operation[]): Promise<void> {
    try {
      await this.#write(operations);
    } catch (fault) {
      if (!(fault instanceof TransactionFault && fault.errors.some(({ index }) => index === 0))) throw fault;
      await this.#raise();
      await this.#write(operations);
    }
  }

  /** Writes our epoch again where NB carries none (someone wiped NB), though there is nothing else to write. */
  async keep(): Promise<void> {
    if (epochIn(this.#replica) === undefined) await this.#raise();
  }

  /** A server that never answers must not hold up the next pass for ever. Throws {@link EngineFault} `no-answer`. */
  async #write(operations: readonly Operation[]): Promise<void> {
    const signal = AbortSignal.timeout(answerTimeoutMs);
    try {
      await this.#nb.transact([this.#guard(), ...operations], { signal });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      const message = `${this.#nb.name} did not answer a transaction within ${answerTimeoutMs / 1000} s: is its server stuck?`;
      throw new EngineFault('no-answer', message, { cause });
    }
  }

  /** Succeeds at once when a row with our epoch is there, fails at once when none is. */
  #guard(): Operation {
    const where = [['external_ids', 'includes', new Map([[epochKey, String(this.epoch)]])]] as const;
    return { op: 'wait', table: 'NB_Global', where, columns: ['_uuid'], until: '!=', rows: [], timeoutMs: 0 };
  }

  /** Writes our epoch in place of a lower one, or of none. */
  async #raise(): Promise<void> {
    const [row] = this.#replica.snapshot().table('NB_Global');
    const present = epochIn(this.#replica);
    if (present !== undefined && present > this.epoch)
      throw new EngineFault('fenced', takenOver(this.epoch, present));
    if (present === this.epoch) return;
    const ids = new Map([[epochKey, String(this.epoch)]]);
    if (!row) {
      const none = {
        op: 'wait',
        table: 'NB_Global',
        where: [],
        columns: ['_uuid'],
        until: '==',
        rows: [],
        timeoutMs: 0,
      } as const;
      await this.#nb.transact([none, { op: 'insert', table: 'NB_Global', row: { external_ids: ids } }]);
      return;
    }
    const where = [['_uuid', '==', row._uuid]] as const;
    const known = {
      op: 'wait',
      table: 'NB_Global',
      where,
      columns: ['external_ids'],
      until: '==',
      rows: [{ external_ids: row.external_ids }],
      timeoutMs: 0,
    } as const;
    const mutations = [
      ['external_ids', 'delete', new Set([epochKey])],
      ['external_ids', 'insert', ids],
    ] as const;
    await this.#nb.transact([known, { op: 'mutate', table: 'NB_Global', where, mutations }]);
  }
}

/** The epoch NB carries; undefined when it carries none. */
export function epochIn(replica: Replica<NbTables>): number | undefined {
  const [row] = replica.snapshot().table('NB_Global');
  const text = row?.external_ids.get(epochKey);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function takenOver(own: number, present: number): string {
  return `another controller has taken over this OVN (epoch ${present}, ours is ${own}): stop one of the two`;
}
