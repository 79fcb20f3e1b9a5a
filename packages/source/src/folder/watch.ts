import { type FSWatcher, watch } from 'node:fs';
import type { Signature } from './find-files.ts';

/** How a folder is watched. */
export type WatchTimes = {
  /** After the first sign of a change, how long to wait for the rest of it. */
  readonly debounceMs: number;
  /** How often to look without a sign: for changes behind links, network folders, and folders that come back. */
  readonly pollMs: number;
};

/** A folder under watch. */
export type Watched = {
  readonly folder: string;
  /** What is of interest in the folder looks like this now. */
  look(): Promise<Signature>;
  /** What it looked like when it was read last; undefined if it never was. */
  lastRead(): Signature | undefined;
};

/**
 * Calls back when a folder looks other than when it was last read, once for each way it looks; also when it goes and
 * comes back. Ends when disposed.
 */
export function watchFolder(
  { folder, look, lastRead }: Watched,
  { debounceMs, pollMs }: WatchTimes,
  onChange: () => void,
): Disposable {
  let disposed = false;
  let checking = false;
  let announced: Signature | undefined;
  let watcher: FSWatcher | undefined;
  let pending: NodeJS.Timeout | undefined;

  const disarm = () => {
    watcher?.close();
    watcher = undefined;
  };
  const arm = () => {
    if (watcher) return;
    try {
      watcher = watch(folder, { recursive: true }, () => {
        pending ??= setTimeout(check, debounceMs);
      });
      watcher.on('error', disarm);
    } catch {
      // Without events the poll alone sees changes.
    }
  };
  const check = async () => {
    clearTimeout(pending);
    pending = undefined;
    if (checking) return;
    checking = true;
    const signature = await look();
    checking = false;
    if (disposed) return;
    if (signature === 'gone') disarm();
    else arm();
    const news = signature !== lastRead() && signature !== announced;
    announced = signature === lastRead() ? undefined : signature;
    if (news) onChange();
  };

  arm();
  const poll = setInterval(check, pollMs);
  void check();
  return {
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(pending);
      clearInterval(poll);
      disarm();
    },
  };
}
