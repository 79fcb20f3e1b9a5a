import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { SourceFault } from '../fault.ts';
import { codeOf } from '../folder/find-files.ts';

/** The file of the state in its folder. */
export function stateFile(stateFolder: string): string {
  return path.join(stateFolder, 'state.json');
}

/** The text of the state; undefined if none was ever stored. @throws SourceFault `state-unreadable` */
export async function loadState(stateFolder: string): Promise<string | undefined> {
  try {
    return await readFile(stateFile(stateFolder), 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new SourceFault(
      'state-unreadable',
      `${stateFile(stateFolder)} cannot be read (${codeOf(cause)}); make it readable`,
      { cause },
    );
  }
}

/**
 * Stores the text of the state. Whenever the process or the machine stops, the file afterwards is the old one or the
 * new one, whole: it is written beside it, flushed, moved over it, and the folder is flushed. One writer at a time.
 *
 * @throws SourceFault `state-unwritable`
 */
export async function saveState(stateFolder: string, text: string): Promise<void> {
  const file = stateFile(stateFolder);
  const next = `${file}.next`;
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    await writeDurably(next, text);
    await rename(next, file);
    await flushFolder(stateFolder);
  } catch (cause) {
    throw new SourceFault(
      'state-unwritable',
      `${file} cannot be written (${codeOf(cause)}); nothing was changed, make room or make it writable`,
      { cause },
    );
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
