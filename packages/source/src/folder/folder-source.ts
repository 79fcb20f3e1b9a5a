import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Resource, resourceSetOf } from '@berth/api';
import { type Finding, type ResourceWrite, sortFindings } from '@berth/core';
import { SourceFault } from '../fault.ts';
import type { Listing, Source } from '../source.ts';
import { decodeState, encodeState } from '../state/codec.ts';
import { effective } from '../state/effective.ts';
import { type Lock, takeLock } from '../state/lock.ts';
import { type Identify, type Reconciled, reconcile } from '../state/reconcile.ts';
import { emptyState, type State } from '../state/state.ts';
import { loadState, saveState, stateFile } from '../state/state-file.ts';
import { withWrites } from '../state/write.ts';
import { FolderFiles } from './folder-files.ts';
import type { FolderReading } from './folder-reading.ts';
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
  /** Takes a state over whose objects came from another folder: those that are not in this one are deleted. */
  readonly otherFolder?: boolean | undefined;
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
  const lock = await takeLock(options.stateFolder, options.identify.newUid());
  try {
    const loaded = await load(options.stateFolder);
    if (loaded.state.folder !== undefined && loaded.state.folder !== folder && !options.otherFolder) {
      throw new SourceFault(
        'state-of-other-folder',
        `the state in ${options.stateFolder} is of folder ${loaded.state.folder}; name another one with --state`,
      );
    }
    const state = { ...loaded.state, folder };
    return new FolderSource(options, lock, state, loaded.findings);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A folder of YAML and its state; one operation after another. */
class FolderSource implements Source {
  readonly #options: FolderSourceOptions;
  readonly #files: FolderFiles;
  readonly #lock: Lock;
  readonly #stateFindings: readonly Finding[];
  readonly #watches = new Set<Disposable>();
  #state: State;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: FolderSourceOptions, lock: Lock, state: State, stateFindings: readonly Finding[]) {
    this.#options = options;
    this.#files = new FolderFiles(options.folder);
    this.#lock = lock;
    this.#state = state;
    this.#stateFindings = stateFindings;
  }

  list(): Promise<Listing> {
    return this.#inTurn(async () => {
      const { reading, reconciled } = await this.#settled();
      if (reconciled.changed) await this.#save(reconciled.state);
      return listingOf(this.#state, reading, [...this.#stateFindings, ...reconciled.findings]);
    });
  }

  watch(onChange: () => void): Disposable {
    const watched = { folder: this.#options.folder, lastRead: () => this.#files.signature };
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

  storeEpoch(epoch: number): Promise<void> {
    return this.#inTurn(async () => {
      if (!Number.isSafeInteger(epoch) || epoch <= this.#state.epoch) {
        throw new SourceFault('epoch-behind', `epoch ${epoch} is not above the stored ${this.#state.epoch}`);
      }
      await this.#save({ ...this.#state, epoch });
    });
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
    const { identify, folder, settleMs = 300 } = this.#options;
    const reading = await this.#files.read();
    refuseEmpty(this.#state, reading, folder);
    const reconciled = reconcile(this.#state, reading, identify);
    if (reconciled.deletions.size === 0) return { reading, reconciled };
    await sleep(settleMs);
    const again = await this.#files.read();
    refuseEmpty(this.#state, again, folder);
    return {
      reading: again,
      reconciled: reconcile(this.#state, again, identify, reconciled.deletions),
    };
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

/** Loads the state of a folder. */
export async function load(
  stateFolder: string,
): Promise<{ readonly state: State; readonly findings: readonly Finding[] }> {
  const text = await loadState(stateFolder);
  return text === undefined ? { state: emptyState, findings: [] } : decodeState(text, stateFile(stateFolder));
}

/** The listing of a state, with what there is to say about the folder it was brought up to. */
export function listingOf(
  state: State,
  reading: FolderReading | undefined,
  findings: readonly Finding[],
): Listing {
  const resources = [...state.entries.values()]
    .map(effective)
    .filter((resource): resource is Resource => resource !== undefined);
  return {
    resources: resourceSetOf(resources),
    findings: sortFindings([...(reading?.findings ?? []), ...findings]),
    epoch: state.epoch,
    locate: (object, field) => reading?.locate(object, field),
  };
}

/** @throws SourceFault `folder-empty` when a folder that held objects holds no file any more, as after an unmount. */
function refuseEmpty(state: State, reading: FolderReading, folder: string): void {
  const held = [...state.entries.values()].some((entry) => entry.manifest && !entry.deletionTimestamp);
  if (reading.fileCount > 0 || !held) return;
  throw new SourceFault(
    'folder-empty',
    `${folder} holds no YAML file any more; nothing is deleted. To delete everything, put an empty .yaml file there`,
  );
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new SourceFault('folder-missing', `there is no folder ${folder}`, { cause });
  }
}

async function refuseInside(folder: string, stateFolder: string): Promise<void> {
  const relative = path.relative(folder, await nearestReal(path.resolve(stateFolder)));
  if (relative.startsWith('..') || path.isAbsolute(relative)) return;
  throw new SourceFault(
    'state-inside-folder',
    `${stateFolder} is inside ${folder}; name a folder outside it with --state`,
  );
}

/** The real path of a folder that may not exist yet. */
async function nearestReal(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(await nearestReal(parent), path.basename(folder));
  }
}
