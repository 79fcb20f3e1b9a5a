import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

/** How folders of a board are watched. */
export type BoardWatchTimes = {
  /** After the first sign of a change, how long to wait for others. */
  readonly debounceMs: number;
  /** How often to call without a sign, for what no event tells. */
  readonly pollMs: number;
};

export const boardWatchTimes: BoardWatchTimes = { debounceMs: 10, pollMs: 2_000 };

/**
 * Calls back when a file of one name may have changed in one of these folders, and now and then without a sign; a folder
 * that is not there is watched as soon as it is. `folders` is asked again at every sign. Ends when disposed.
 */
export function watchBoard(
  folders: () => Promise<readonly string[]>,
  file: string | undefined,
  { debounceMs, pollMs }: BoardWatchTimes,
  onChange: () => void,
): Disposable {
  const watchers = new Map<string, FSWatcher>();
  let pending: NodeJS.Timeout | undefined;
  let isDisposed = false;
  const close = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const open = (folder: string): boolean => {
    try {
      const watcher = watch(folder, (event, name) => {
        // The folder itself went: another may stand at its path when it is looked at next.
        if (event === 'rename' && name === path.basename(folder)) close(folder);
        if (file === undefined || name === null || name === file || !name.includes('.json')) sign();
      });
      watcher.on('error', () => close(folder));
      watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  };
  /** Whether any folder is new, so that what was written there before the watch began is not missed. */
  const follow = async (): Promise<boolean> => {
    const wanted = await folders();
    if (isDisposed) return false;
    for (const folder of watchers.keys()) if (!wanted.includes(folder)) close(folder);
    return wanted.filter((folder) => !watchers.has(folder) && open(folder)).length > 0;
  };
  const call = async (): Promise<void> => {
    pending = undefined;
    await follow();
    if (!isDisposed) onChange();
  };
  const sign = (): void => {
    pending ??= setTimeout(call, debounceMs);
  };
  const poll = setInterval(sign, pollMs);
  void follow().then((isNew) => isNew && sign());
  return {
    [Symbol.dispose]() {
      isDisposed = true;
      clearInterval(poll);
      clearTimeout(pending);
      for (const folder of [...watchers.keys()]) close(folder);
    },
  };
}
