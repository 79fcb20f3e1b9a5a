import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import type { BundledProgram } from './programs.ts';

const root = join(import.meta.dirname, '../..');

/** The module that reads files of the repository; it is replaced by one that has them. */
const readingModule = join(root, 'apps/cli/src/context/shipped-files.ts');

/** The folders that it reads. */
export const carriedFolders: readonly string[] = ['docs/findings', 'examples/01-field-story'];

/**
 * Writes a program as one file that a plain Node runs, without node_modules and without this checkout. Throws what
 * rolldown throws, and an Error when it warns, since what it could not resolve would fail in a user's hands.
 */
export async function bundle({ file, entry }: BundledProgram, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const warnings: string[] = [];
  await using build = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    resolve: { conditionNames: ['berth-source', 'node', 'import', 'default'] },
    plugins: [carryFiles],
    onLog: (level, { message }) => {
      if (level === 'warn') warnings.push(message);
    },
  });
  const target = join(folder, file);
  await build.write({
    file: target,
    format: 'esm',
    codeSplitting: false,
    banner: '#!/usr/bin/env node',
    comments: { legal: true },
  });
  if (warnings.length > 0) throw new Error(`${file}: ${warnings.join('\n')}`);
  await chmod(target, 0o755);
}

const carryFiles: Plugin = {
  name: 'berth-carry-files',
  async load(id) {
    if (id !== readingModule) return null;
    const content: Record<string, Record<string, string>> = {};
    for (const folder of carriedFolders) content[folder] = await textsOf(folder);
    return `const folders = ${JSON.stringify(content)};\nexport const shippedFiles = async (folder) => folders[folder];\n`;
  },
};

async function textsOf(folder: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of (await readdir(join(root, folder))).toSorted()) {
    texts[name] = await readFile(join(root, folder, name), 'utf8');
  }
  return texts;
}
