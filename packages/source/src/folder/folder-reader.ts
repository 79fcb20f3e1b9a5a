import type { Reader } from '../source.ts';
import { reconcile } from '../state/reconcile.ts';
import { FolderFiles } from './folder-files.ts';
import { listingOf, load } from './folder-source.ts';
import { type WatchTimes, watchFolder } from './watch.ts';

/** What is read. At least one of the two. */
export type FolderReaderOptions = {
  /** The user's folder of YAML files, or one file; without it the objects are as the controller listed them last. */
  readonly folder?: string | undefined;
  /** The folder of the state; without it nothing is known of status and allocations. */
  readonly stateFolder?: string | undefined;
  /** The time to show on objects whose deletion would begin now, RFC 3339. */
  now(): string;
};

/**
 * Reads a folder, and the state of a controller that may be running on it. Never writes and takes no lock; an object that
 * was not stored yet has no uid and no creation time.
 */
export function folderReader({ folder, stateFolder, now }: FolderReaderOptions): Reader {
  const files = folder === undefined ? undefined : new FolderFiles(folder);
  const watches = new Set<Disposable>();
  const close = async () => {
    for (const watch of watches) watch[Symbol.dispose]();
  };
  return {
    async list() {
      const reading = await files?.read();
      const { state, findings } = stateFolder === undefined ? unknownState : await load(stateFolder);
      if (!reading) return listingOf(state, undefined, findings);
      const reconciled = reconcile(state, reading, { now, newUid: () => '' });
      return listingOf(reconciled.state, reading, [...findings, ...reconciled.findings]);
    },
    watch(onChange) {
      const watched = folder ?? stateFolder;
      if (watched === undefined) return { [Symbol.dispose]() {} };
      const watch = watchFolder({ folder: watched, lastRead: () => files?.signature }, times, onChange);
      watches.add(watch);
      return watch;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const times: WatchTimes = { debounceMs: 100, pollMs: 5_000 };
const unknownState = { state: { epoch: 0, entries: new Map() }, findings: [] };
