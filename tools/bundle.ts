// node --conditions=berth-source tools/bundle.ts [FOLDER [PROGRAM...]]
// Writes every program, or those named, as one file each into FOLDER, or else dist/.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle } from './bundle/bundle.ts';
import { bundledPrograms } from './bundle/programs.ts';

const [target = join(import.meta.dirname, '../dist'), ...names] = process.argv.slice(2);
const folder = resolve(target);

for (const program of bundledPrograms) {
  if (names.length > 0 && !names.includes(program.file.replace('.mjs', ''))) continue;
  await bundle(program, folder);
  const { size } = await stat(join(folder, program.file));
  process.stdout.write(`${join(folder, program.file)} ${(size / 2 ** 20).toFixed(1)} MiB\n`);
}
