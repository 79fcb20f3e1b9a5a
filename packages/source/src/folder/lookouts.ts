import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import type { Lookout } from './lookout.ts';

/**
 * Watched folders, each by itself: the entries of a folder keep being seen whatever files they are replaced by, which
 * watching the files would not give. Ends when disposed.
 */
export class Lookouts implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onEvent: () => void;

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Watches these too. Whether any is new: what happened before is seen only by looking again. */
  add(lookouts: readonly Lookout[]): boolean {
    const added = lookouts.filter((each) => !this.#watchers.has(keyOf(each)) && this.#open(each));
    return added.length > 0;
  }

  /** Watches no others any more. */
  retain(lookouts: readonly Lookout[]): void {
    const keys = new Set(lookouts.map(keyOf));
    for (const key of [...this.#watchers.keys()]) if (!keys.has(key)) this.#close(key);
  }

  [Symbol.dispose](): void {
    this.retain([]);
  }

  /** Whether it could be opened; where not, as when the system has no watches left, the poll alone sees changes. */
  #open(lookout: Lookout): boolean {
    const { folder, only } = lookout;
    const key = keyOf(lookout);
    try {
      const watcher = watch(folder, (event, name) => {
        // The folder itself went: the path may be another's when it is looked at next.
        if (event === 'rename' && name === path.basename(folder)) this.#close(key);
        if (only === undefined || name === null || name === only) this.#onEvent();
      });
      watcher.on('error', () => this.#close(key));
      this.#watchers.set(key, watcher);
      return true;
    } catch {
      return false;
    }
  }

  #close(key: string): void {
    this.#watchers.get(key)?.close();
    this.#watchers.delete(key);
  }
}

function keyOf({ folder, inode, only = '' }: Lookout): string {
  return [folder, inode, only].join('\0');
}
