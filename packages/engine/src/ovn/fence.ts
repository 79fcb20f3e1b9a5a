import type { NbTables } from '@berth/ovn';
import type { Database, Operation, Replica } from '@berth/ovsdb';
import type { Tables } from '@berth/ovsdb/value';
import { wholeSeconds } from '@berth/source';
import { EpochGuard, epochKeyOf, epochOf, type Guarded } from './epoch-guard.ts';
import { leadEntries, leadIn } from './other-lead.ts';

/** Keeps an epoch where it survives: folder mode has it in the state, Kubernetes in the Lease. */
export type EpochStore = {
  readonly stored: number;
  readonly store: (epoch: number) => Promise<void>;
  /** Whose epoch; default the default instance's. */
  readonly instance?: string;
  /** Who takes over, as the claimant of its source names it. */
  readonly lead?: string | undefined;
};

/** SB, for a controller that writes to it too. */
export type South = { readonly database: Guarded['database']; readonly replica: Guarded['replica'] };

/**
 * Fences by data: every transaction first checks that its database still carries our epoch, so that a controller that
 * was replaced cannot write a single row, however late its transaction arrives. OVSDB locks cannot do this: two members of
 * a cluster grant the same one.
 */
export class Fence {
  readonly epoch: number;
  readonly #north: EpochGuard;
  readonly #south: EpochGuard | undefined;

  private constructor(epoch: number, north: EpochGuard, south: EpochGuard | undefined) {
    this.epoch = epoch;
    this.#north = north;
    this.#south = south;
  }

  /** Takes over: stores an epoch above every known one, then raises it in NB, and in SB where that is given. */
  static async claim(
    nb: Database<NbTables>,
    replica: Replica<NbTables>,
    { stored, store, instance = 'default', lead }: EpochStore,
    south?: South,
  ): Promise<Fence> {
    const key = epochKeyOf(instance);
    const northern: Guarded = { ...asTables(nb, replica), table: 'NB_Global' };
    const southern: Guarded | undefined = south && { ...south, table: 'SB_Global' };
    const known = [northern, ...(southern ? [southern] : [])].map((each) => epochOf(each, key) ?? 0);
    const epoch = Math.max(stored, ...known) + 1;
    await store(epoch);
    const before = leadIn(replica.snapshot(), instance);
    const entries = leadEntries(instance, { name: lead, epoch }, before, wholeSeconds());
    const north = new EpochGuard(northern, epoch, key, entries);
    const southGuard = southern && new EpochGuard(southern, epoch, key);
    await north.raise();
    await southGuard?.raise();
    return new Fence(epoch, north, southGuard);
  }

  /** Runs operations on NB if it still carries our epoch. Throws {@link EngineFault} `fenced` and `no-answer`. */
  transact(operations: readonly Operation[]): Promise<void> {
    return this.#north.transact(operations);
  }

  /** The same on SB; does nothing where SB is only read. */
  async transactSouth(operations: readonly Operation[]): Promise<void> {
    if (operations.length > 0) await this.#south?.transact(operations);
  }

  /**
   * Writes our epoch again where it was lost (someone wiped the database), though there is nothing else to write. Throws
   * {@link EngineFault} `fenced`.
   */
  async keep(): Promise<void> {
    await this.#north.keep();
    await this.#south?.keep();
  }
}

function asTables(nb: Database<NbTables>, replica: Replica<NbTables>): Omit<Guarded, 'table'> {
  return { database: nb, replica: replica as unknown as Replica<Tables> };
}
