// node --conditions=berth-source tools/bundle.ts [FOLDER]
// Writes every program as one file into FOLDER, or else dist/.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle } from './bundle/bundle.ts';
import { bundledPrograms } from './bundle/programs.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../dist'));

for (const program of bundledPrograms) {
  await bundle(program, folder);
  const { size } = await stat(join(folder, program.file));
  process.stdout.write(`${join(folder, program.file)} ${(size / 2 ** 20).toFixed(1)} MiB\n`);
}
