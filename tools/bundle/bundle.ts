import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { shippedFiles, shippedFolders } from '../../apps/cli/src/context/shipped-files.ts';
import type { BundledProgram } from './programs.ts';

const root = join(import.meta.dirname, '../..');

/** The module that reads files of the repository; it is replaced by one that has them. */
const readingModule = join(root, 'apps/cli/src/context/shipped-files.ts');

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
    const folders = await Promise.all(
      shippedFolders.map(async (name) => [name, await shippedFiles(name)] as const),
    );
    const content = JSON.stringify(Object.fromEntries(folders));
    return `const folders = ${content};\nexport const shippedFiles = async (folder) => folders[folder];\n`;
  },
};
