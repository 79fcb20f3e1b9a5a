import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ResourceRef, refOfKey } from '@berth/api';

/** What a state is of, without what it says of each object. */
export type StoredNames = {
  /** Undefined where no folder was applied. */
  readonly folder: string | undefined;
  readonly objects: readonly ResourceRef[];
};

/**
 * The names in a state, read for those who have no time to check it: nothing where there is none or it is not as `encodeState` writes it. A door
 * of its own, which imports nothing of the rest.
 */
export async function storedNames(stateFolder: string): Promise<StoredNames> {
  const text = await readFile(path.join(stateFolder, 'state.json'), 'utf8').catch(() => '{}');
  try {
    const { folder, entries } = JSON.parse(text) as { readonly folder?: unknown; readonly entries?: unknown };
    const keys = typeof entries === 'object' && entries !== null ? Object.keys(entries) : [];
    return { folder: typeof folder === 'string' ? folder : undefined, objects: keys.map(refOfKey) };
  } catch {
    return { folder: undefined, objects: [] };
  }
}
