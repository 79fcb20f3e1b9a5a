import { setTimeout as sleep } from 'node:timers/promises';
import type { Listing, Reader } from '../source.ts';
import type { LoadedState } from '../state/codec.ts';
import { load, stillDamaged } from '../state/load.ts';
import { type Reconciled, reconcile } from '../state/reconcile.ts';
import { emptyState } from '../state/state.ts';
import { stateFile } from '../state/state-file.ts';
import { FolderFiles } from './folder-files.ts';
import type { FolderReading } from './folder-reading.ts';
import { listingOf } from './listing.ts';
import { lookAtFile, lookAtFolder, type Signature } from './look.ts';
import { isOfOther, otherFolderFault, realFolder, refuseEmpty, refuseUnreadMove } from './place.ts';
import { type Watched, type WatchTimes, watchFolder } from './watch.ts';

/** What is read: a folder, a state, or both. */
export type FolderReaderOptions = {
  /** The user's folder of YAML files, or one file; without it the objects are as the controller listed them last. */
  readonly folder?: string | undefined;
  /** The folder of the state; without it nothing is known of status and allocations. */
  readonly stateFolder?: string | undefined;
  /** Reads a state whose objects came from another folder, as if they came from this one. */
  readonly otherFolder?: boolean | undefined;
  /** The time to show on objects whose deletion would begin now, RFC 3339. */
  now(): string;
  /** How long the folder must go on without an object that the state has before that counts as its deletion. */
  readonly settleMs?: number | undefined;
  readonly watch?: Partial<WatchTimes> | undefined;
};

/**
 * Reads a folder, and the state of a controller that may be running on it. Never writes and takes no lock; an object that
 * was not stored yet has no uid and no creation time. A deletion is what it is for the controller: a folder without a
 * file is a fault when the state has objects of it, and an object must be gone twice.
 */
export function folderReader(options: FolderReaderOptions): Reader {
  const { folder, stateFolder, now, settleMs = 300 } = options;
  const files = folder === undefined ? undefined : new FolderFiles(folder);
  const watches = new Set<Disposable>();
  let stateRead: Signature | undefined;

  const watched: readonly Watched[] = [
    ...(folder === undefined ? [] : [{ look: () => lookAtFolder(folder), lastRead: () => files?.signature }]),
    ...(stateFolder === undefined
      ? []
      : [
          {
            look: () => lookAtFile(stateFile(stateFolder)),
            lastRead: () => stateRead,
          },
        ]),
  ];
  const loadIfAny = async (): Promise<LoadedState> => {
    if (stateFolder === undefined) return { state: emptyState, damaged: new Map() };
    stateRead = (await lookAtFile(stateFile(stateFolder))).signature;
    return load(stateFolder);
  };
  const readBoth = async (from: string, known: FolderFiles, mayDelete?: ReadonlySet<string>) => {
    const reading = await known.read();
    const loaded = await loadIfAny();
    const real = await realFolder(from);
    if (!options.otherFolder && isOfOther(loaded.state, real)) {
      throw otherFolderFault(loaded.state, real, stateFolder ?? '', reading);
    }
    refuseUnreadMove(loaded.state, real, reading);
    refuseEmpty(loaded.state, reading.fileCount, from);
    const reconciled = reconcile(loaded.state, reading, { now, newUid: () => '' }, mayDelete);
    return { reading, loaded, reconciled };
  };
  const close = async () => {
    for (const watch of watches) watch[Symbol.dispose]();
  };
  return {
    async list() {
      if (folder === undefined || !files) {
        const loaded = await loadIfAny();
        return listingOf(loaded.state, undefined, stillDamaged(loaded, loaded.state));
      }
      const first = await readBoth(folder, files);
      const { deletions } = first.reconciled;
      if (deletions.size === 0) return listingOfBoth(first);
      await sleep(settleMs);
      return listingOfBoth(await readBoth(folder, files, deletions));
    },
    watch(onChange) {
      const times = { debounceMs: 100, pollMs: 5_000, ...options.watch };
      const started = watched.map((each) => watchFolder(each, times, onChange));
      for (const each of started) watches.add(each);
      return {
        [Symbol.dispose]() {
          for (const each of started) each[Symbol.dispose]();
        },
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Both = {
  readonly reading: FolderReading;
  readonly loaded: LoadedState;
  readonly reconciled: Reconciled;
};

function listingOfBoth({ reading, loaded, reconciled: { state, findings } }: Both): Listing {
  return listingOf(state, reading, [...stillDamaged(loaded, state), ...findings]);
}
