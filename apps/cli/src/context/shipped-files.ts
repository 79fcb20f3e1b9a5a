import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../../..');

/** Folders of the repository that the command needs when it runs. A bundle carries them inside, in the place of this file. */
export type ShippedFolder = 'docs/findings' | 'examples/01-field-story';

/** The files of a folder: their texts by name. */
export async function shippedFiles(folder: ShippedFolder): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(path.join(root, folder));
  const read = async (name: string) => [name, await readFile(path.join(root, folder, name), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(names.toSorted().map(read)));
}
