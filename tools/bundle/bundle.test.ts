import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { bundle, carriedFolders } from './bundle.ts';
import { bundledPrograms } from './programs.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
let empty = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-bundle-'));
  empty = mkdtempSync(join(tmpdir(), 'berth-empty-'));
  for (const program of bundledPrograms) await bundle(program, folder);
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(empty, { recursive: true, force: true });
});

/** Runs a file of the bundle as a plain Node does, far from every checkout. */
function run(file: string, ...words: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: empty, XDG_RUNTIME_DIR: empty, XDG_STATE_HOME: empty };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, file), ...words], {
    encoding: 'utf8',
    cwd: empty,
    env,
  });
  return { status, stdout, stderr };
}

test('each program is one file, and nothing lies beside', () => {
  expect(readdirSync(folder)).toEqual(bundledPrograms.map(({ file }) => file).toSorted());
});

test('carries every folder that the command reads', () => {
  const source = readFileSync(join(root, 'apps/cli/src/context/shipped-files.ts'), 'utf8');
  const [, type = ''] = /type ShippedFolder = (.*);/.exec(source) ?? [];
  expect([...type.matchAll(/'([^']+)'/g)].map(([, folder]) => folder)).toEqual(carriedFolders);
});

test.each(bundledPrograms)('$file prints its help', ({ file }) => {
  const name = file.replace('.mjs', '');
  expect(run(file, '--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining(name) });
});

test.each(['berth.mjs', 'berth-controller.mjs', 'berth-agent.mjs'])('%s tells its version', (file) => {
  expect(run(file, '--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('berth reads a folder of YAML, and brings the pages of its findings', () => {
  const story = join(root, 'examples/01-field-story');
  expect(run('berth.mjs', 'lint', '-f', story)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('0 errors'),
  });
  expect(run('berth.mjs', 'explain', 'AddressTaken').stdout).toMatch(/^# address-taken\n/);
});

test('the controller reads a kubeconfig, the agent its command line', () => {
  const databases = ['--nb', 'unix:/nowhere', '--sb', 'unix:/nowhere'];
  const controller = run('berth-controller.mjs', ...databases, '--kubeconfig', '/nowhere');
  expect(controller).toMatchObject({ status: 65, stdout: expect.stringContaining('"cluster-config"') });
  expect(run('berth-agent.mjs', '--nonsense')).toMatchObject({ status: 64 });
});

test('a link of any name starts it', () => {
  const link = join(empty, 'kubectl-berth');
  symlinkSync(join(folder, 'berth.mjs'), link);
  const { status, stdout } = spawnSync(process.execPath, [link, '--version'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${manifest.version}\n` });
});
