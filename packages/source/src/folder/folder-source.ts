import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceWrite } from '@berth/core';
import type { NodeBoard } from '../board/board.ts';
import { folderNodeBoard } from '../board/folder-board.ts';
import { SourceFault } from '../fault.ts';
import type { Claimant, Listing, Source } from '../source.ts';
import { encodeState, type LoadedState } from '../state/codec.ts';
import { stateLead } from '../state/lead.ts';
import { load, stillDamaged } from '../state/load.ts';
import { type Lock, type Said, takeLock } from '../state/lock.ts';
import { type Identify, type Reconciled, reconcile } from '../state/reconcile.ts';
import type { State } from '../state/state.ts';
import { saveState } from '../state/state-file.ts';
import { withWrites } from '../state/write.ts';
import { FolderFiles } from './folder-files.ts';
import type { FolderReading } from './folder-reading.ts';
import { listingOf } from './listing.ts';
import { lookAtFolder } from './look.ts';
import {
  isOfOther,
  otherFolderFault,
  realFolder,
  refuseEmpty,
  refuseInside,
  refuseUnreadMove,
} from './place.ts';
import { type WatchTimes, watchFolder } from './watch.ts';

/** What a folder source is made of. */
export type FolderSourceOptions = {
  /** The user's folder of YAML files, or one file. It is only read. */
  readonly folder: string;
  /** The folder of the state; made if it is not there. Never inside `folder`. */
  readonly stateFolder: string;
  readonly identify: Identify;
  /** How long the folder must go on without an object before that counts as its deletion. */
  readonly settleMs?: number | undefined;
  readonly watch?: Partial<WatchTimes> | undefined;
  /**
   * Takes a state over whose objects came from another folder, once this one was read whole: those that are not in it
   * are deleted. Until then it lists as SourceFault `move-refused`, and the state stays as it is.
   */
  readonly otherFolder?: boolean | undefined;
  /** What is told to those who find the state held. */
  readonly said?: Said | undefined;
};

/**
 * Opens a folder of YAML as a source, with the right to write its state.
 *
 * @throws SourceFault `folder-missing`, `state-locked`, `state-foreign`, `state-newer`, `state-inside-folder`,
 *   `state-of-other-folder`, `state-unreadable`, `state-unwritable`
 */
export async function openFolderSource(options: FolderSourceOptions): Promise<Source> {
  const folder = await realFolder(options.folder);
  await refuseInside(folder, options.stateFolder);
  const lock = await takeLock(options.stateFolder, options.identify.newUid(), options.said);
  try {
    const loaded = await load(options.stateFolder);
    if (!options.otherFolder && isOfOther(loaded.state, folder)) {
      const reading = await new FolderFiles(options.folder).read();
      throw otherFolderFault(loaded.state, folder, options.stateFolder, reading);
    }
    return new FolderSource({ options, folder, lock, loaded });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A folder and the state that is held for it. */
type Opened = {
  readonly options: FolderSourceOptions;
  /** The real path. */
  readonly folder: string;
  readonly lock: Lock;
  readonly loaded: LoadedState;
};

/** A folder of YAML and its state; one operation after another. */
class FolderSource implements Source {
  readonly #options: FolderSourceOptions;
  /** The real path. */
  readonly #folder: string;
  readonly #files: FolderFiles;
  readonly #lock: Lock;
  readonly #loaded: LoadedState;
  readonly #watches = new Set<Disposable>();
  #state: State;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ options, folder, lock, loaded }: Opened) {
    this.#options = options;
    this.#folder = folder;
    this.#files = new FolderFiles(options.folder);
    this.#lock = lock;
    this.#loaded = loaded;
    const { state } = loaded;
    this.#state = isOfOther(state, folder) ? state : { ...state, folder };
  }

  list(): Promise<Listing> {
    return this.#inTurn(async () => {
      const { reading, reconciled } = await this.#settled();
      const moves = isOfOther(this.#state, this.#folder);
      if (reconciled.changed || moves) await this.#save({ ...reconciled.state, folder: this.#folder });
      return listingOf(this.#state, reading, [
        ...stillDamaged(this.#loaded, this.#state),
        ...reconciled.findings,
      ]);
    });
  }

  watch(onChange: () => void): Disposable {
    const { folder } = this.#options;
    const watched = { look: () => lookAtFolder(folder), lastRead: () => this.#files.signature };
    const times = { ...defaultTimes, ...this.#options.watch };
    const watch = watchFolder(watched, times, onChange);
    this.#watches.add(watch);
    return watch;
  }

  store(writes: readonly ResourceWrite[]): Promise<void> {
    return this.#inTurn(async () => {
      if (writes.length > 0) await this.#save(withWrites(this.#state, writes, this.#options.identify));
    });
  }

  /** Whoever runs a folder is shown all findings anyhow. */
  tell(): Promise<void> {
    return Promise.resolve();
  }

  storeEpoch(epoch: number): Promise<void> {
    return this.#inTurn(async () => {
      if (!Number.isSafeInteger(epoch) || epoch <= this.#state.epoch) {
        throw new SourceFault('epoch-behind', `epoch ${epoch} is not above the stored ${this.#state.epoch}`);
      }
      await this.#save({ ...this.#state, epoch });
    });
  }

  claimant(): Claimant {
    return { lead: stateLead(this.#options.stateFolder), follow: undefined, sayFollow: undefined };
  }

  nodeBoard(): NodeBoard {
    return folderNodeBoard({ stateFolder: this.#options.stateFolder });
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]();
    await this.#turn;
    if (this.#closed) return;
    this.#closed = true;
    await this.#lock.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Reads the folder; where something seems to be deleted, twice, and only what is gone both times is. */
  async #settled(): Promise<{ readonly reading: FolderReading; readonly reconciled: Reconciled }> {
    const { identify, settleMs = 300 } = this.#options;
    const reading = await this.#read();
    const reconciled = reconcile(this.#state, reading, identify);
    if (reconciled.deletions.size === 0) return { reading, reconciled };
    await sleep(settleMs);
    const again = await this.#read();
    return {
      reading: again,
      reconciled: reconcile(this.#state, again, identify, reconciled.deletions),
    };
  }

  async #read(): Promise<FolderReading> {
    const reading = await this.#files.read();
    refuseUnreadMove(this.#state, this.#folder, reading);
    refuseEmpty(this.#state, reading.fileCount, this.#options.folder);
    return reading;
  }

  async #save(state: State): Promise<void> {
    await this.#lock.confirm();
    await saveState(this.#options.stateFolder, encodeState(state));
    this.#state = state;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(() => {
      if (this.#closed) throw new SourceFault('closed', 'the source was closed');
      return work();
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const defaultTimes: WatchTimes = { debounceMs: 100, pollMs: 5_000 };
