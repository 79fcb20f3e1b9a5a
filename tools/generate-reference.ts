// node --conditions=berth-source tools/generate-reference.ts [--check]
// Writes docs/reference: the help of every command, and a JSON Schema for every answer of the command line. What they
// say is the command line's own, which nothing imports, so that its writer is run as a program.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const writer = join(root, 'apps/cli/src/reference/write.ts');
const folder = join(root, 'docs/reference');
const { status } = spawnSync(
  process.execPath,
  ['--conditions=berth-source', writer, folder, ...process.argv.slice(2)],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
process.exitCode = status ?? 1;
