import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOvsdbServer } from './testing/index.ts';

const run = promisify(execFile);
const packageFolder = join(import.meta.dirname, '..');
/** npm would leave its compiled code behind in the temporary folder. */
const environment = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
  NODE_DISABLE_COMPILE_CACHE: '1',
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-package-'));
  const options = { cwd: packageFolder, env: environment };
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], options);
  const tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball];
  await run('npm', install, { cwd: folder, env: environment });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the packed package brings its code, its types, its licence and nothing else', async () => {
  expect(await readdir(join(folder, 'node_modules'))).toEqual(['.package-lock.json', '@berth']);
  const installed = join(folder, 'node_modules/@berth/ovsdb');
  expect((await readdir(installed)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  const files = await readdir(join(installed, 'dist'), { recursive: true });
  expect(
    files.filter((file) => file.includes('.test.') || file.endsWith('.ts') !== file.endsWith('.d.ts')),
  ).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(['index.js', 'index.d.ts', 'check/index.js', 'file/index.js']),
  );
});

test('the example of the README runs in an empty folder under plain Node', async () => {
  await using server = await startOvsdbServer({ schema: 'nb' });
  const readme = await readFile(join(folder, 'node_modules/@berth/ovsdb/README.md'), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const code = example.replace('unix:/run/ovn/ovnnb_db.sock', server.remote);
  expect(code).toContain(server.remote);
  await writeFile(join(folder, 'example.js'), code);
  const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder, env: environment });
  expect(stdout).toMatch(/^insert Logical_Router [0-9a-f-]{36}\nblue\n$/);
});

test('every entry point can be imported', async () => {
  const manifest: { readonly exports: Readonly<Record<string, unknown>> } = JSON.parse(
    await readFile(join(packageFolder, 'package.json'), 'utf8'),
  );
  const names = Object.keys(manifest.exports).map((path) => `@berth/ovsdb${path.slice(1)}`);
  const code = `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(await import(name)).length > 0);`;
  await writeFile(join(folder, 'imports.js'), code);
  const { stdout } = await run(process.execPath, ['imports.js'], { cwd: folder, env: environment });
  expect(stdout).toBe('true\n'.repeat(names.length));
});
