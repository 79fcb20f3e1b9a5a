import type { Reader } from '../source.ts';
import { load, stillDamaged } from '../state/load.ts';
import { reconcile } from '../state/reconcile.ts';
import { emptyState } from '../state/state.ts';
import { stateFile } from '../state/state-file.ts';
import { lookAtFile, lookAtFolder, type Signature } from './find-files.ts';
import { FolderFiles } from './folder-files.ts';
import { listingOf } from './listing.ts';
import { realFolder, refuseOtherFolder } from './place.ts';
import { type Watched, type WatchTimes, watchFolder } from './watch.ts';

/** What is read: a folder, a state, or both. */
export type FolderReaderOptions = {
  /** The user's folder of YAML files, or one file; without it the objects are as the controller listed them last. */
  readonly folder?: string | undefined;
  /** The folder of the state; without it nothing is known of status and allocations. */
  readonly stateFolder?: string | undefined;
  /** The time to show on objects whose deletion would begin now, RFC 3339. */
  now(): string;
  readonly watch?: Partial<WatchTimes> | undefined;
};

/**
 * Reads a folder, and the state of a controller that may be running on it. Never writes and takes no lock; an object that
 * was not stored yet has no uid and no creation time.
 */
export function folderReader(options: FolderReaderOptions): Reader {
  const { folder, stateFolder, now } = options;
  const files = folder === undefined ? undefined : new FolderFiles(folder);
  const watches = new Set<Disposable>();
  let stateRead: Signature | undefined;

  const watched: readonly Watched[] = [
    ...(folder === undefined
      ? []
      : [{ folder, look: () => lookAtFolder(folder), lastRead: () => files?.signature }]),
    ...(stateFolder === undefined
      ? []
      : [
          {
            folder: stateFolder,
            look: () => lookAtFile(stateFile(stateFolder)),
            lastRead: () => stateRead,
          },
        ]),
  ];
  const loadIfAny = async () => {
    if (stateFolder === undefined) return { state: emptyState, damaged: new Map() };
    stateRead = await lookAtFile(stateFile(stateFolder));
    return load(stateFolder);
  };
  const close = async () => {
    for (const watch of watches) watch[Symbol.dispose]();
  };
  return {
    async list() {
      const reading = await files?.read();
      const loaded = await loadIfAny();
      if (folder === undefined || !reading) {
        return listingOf(loaded.state, undefined, stillDamaged(loaded, loaded.state));
      }
      refuseOtherFolder(loaded.state, await realFolder(folder), stateFolder ?? '');
      const { state, findings } = reconcile(loaded.state, reading, { now, newUid: () => '' });
      return listingOf(state, reading, [...stillDamaged(loaded, state), ...findings]);
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
