// node --conditions=berth-source apps/cli/src/reference/write.ts FOLDER [--check]
// Writes the generated pages of the reference into the folder. With --check it only says which are not what it would
// write, or should not be there, and the exit code is 1 if there is one.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { referenceFiles } from './reference-files.ts';

const [folder = '.', mode] = process.argv.slice(2);
const files = referenceFiles();

for (const [name, text] of files) {
  const file = path.join(folder, name);
  if (textOf(file) === text) continue;
  if (mode === '--check') complain(`${file} is not as generated`);
  else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
for (const name of schemaFiles()) {
  if (files.has(name)) continue;
  if (mode === '--check') complain(`${path.join(folder, name)} is of no kind of answer`);
  else rmSync(path.join(folder, name));
}

function schemaFiles(): readonly string[] {
  try {
    return readdirSync(path.join(folder, 'schema')).map((name) => `schema/${name}`);
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function complain(text: string): void {
  process.stderr.write(`${text}: run make generate\n`);
  process.exitCode = 1;
}
