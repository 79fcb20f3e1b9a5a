import { type FSWatcher, watch } from 'node:fs';
import { type FolderSignature, signatureOf } from './folder-files.ts';

/** How a folder is watched. */
export type WatchTimes = {
  /** After the first sign of a change, how long to wait for the rest of it. */
  readonly debounceMs: number;
  /** How often to look without a sign: for changes behind links, network folders, and folders that come back. */
  readonly pollMs: number;
};

/** A folder under watch, and what of it is known already. */
export type Watched = {
  readonly folder: string;
  /** What the folder looked like when it was read last. */
  lastRead(): FolderSignature | undefined;
};

/**
 * Calls back when the files of a folder are other than when they were last read, once for each way they look; also when the
 * folder goes and comes back. Ends when disposed.
 */
export function watchFolder(
  { folder, lastRead }: Watched,
  { debounceMs, pollMs }: WatchTimes,
  onChange: () => void,
): Disposable {
  let disposed = false;
  let checking = false;
  let announced: FolderSignature | undefined;
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
    const signature = await signatureOf(folder);
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
