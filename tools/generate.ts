// node --conditions=berth-source tools/generate.ts [--check]
// Runs every generator, tools/generate-*.ts, in the order of their names. With --check each only says whether its files
// are what it would write, and the exit code is 1 if one of them is not.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const generators = readdirSync(folder).filter(
  (name) => /^generate-.*\.ts$/.test(name) && !name.endsWith('.test.ts'),
);

for (const name of generators.toSorted()) {
  const args = ['--conditions=berth-source', join(folder, name), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exitCode = 1;
}
