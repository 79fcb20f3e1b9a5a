import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceFault } from '../fault.ts';
import { codeOf } from '../folder/find-files.ts';

/** The folder of what passes between the controller and the agents: one folder for each node in it. */
export function nodesFolder(stateFolder: string): string {
  return path.join(stateFolder, 'nodes');
}

/** The file of a node's report, or of its order. */
export function boardFile(stateFolder: string, node: string, file: 'report.json' | 'order.json'): string {
  return path.join(nodesFolder(stateFolder), node, file);
}

/** Something that a text is checked by. */
export type Checked<T> = {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined };
};

/** What a file holds; undefined when there is none, or it is not what it must be. Never a part of it. */
export async function readBoardFile<T extends { readonly metadata: { readonly name: string } }>(
  file: string,
  schema: Checked<T>,
): Promise<T | undefined> {
  try {
    const { success, data } = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return success && data?.metadata.name === path.basename(path.dirname(file)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes a file whole or not at all. It is not flushed: what it says is said again, and after a crash of the machine
 * counts no more. Throws `SourceFault` `state-unwritable`.
 */
export async function writeBoardFile(file: string, value: unknown): Promise<void> {
  const next = `${file}.next`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    await rename(next, file);
  } catch (cause) {
    throw new SourceFault(
      'state-unwritable',
      `${file} cannot be written (${codeOf(cause)}); make room or make it writable`,
      { cause },
    );
  }
}
