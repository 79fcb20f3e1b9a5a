import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';
import { writeKubeconfig } from './testing/kubeconfig.ts';

/** Takes connections and says nothing, as a process that was stopped. */
let silent: Server;
let port = 0;
let scratch = '';
let kubeconfig = '';

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-hanging-'));
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  port = (silent.address() as AddressInfo).port;
  kubeconfig = path.join(scratch, 'kubeconfig');
  writeKubeconfig(kubeconfig, `https://127.0.0.1:${port}`);
});
afterAll(() => {
  silent.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs a command until it says that it waits, sends it a signal, and gives what it said and how it ended. */
async function interrupted(...argv: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch };
  const child: ChildProcess = spawn(programFile('berth'), argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      // A second signal would end it in the middle of ending.
      if (!child.killed && said.stderr.startsWith('waiting for ')) child.kill('SIGTERM');
    });
  const [status] = await once(child, 'close');
  return { status, ...said };
}

test('a command says which API server it waits for, and when it is told to end that it did', async () => {
  const what = `the API server https://127.0.0.1:${port}`;
  expect(await interrupted('get', 'fip', '--kubeconfig', kubeconfig)).toEqual({
    ...{ status: 130, stdout: '' },
    stderr: `waiting for ${what}\ninterrupted while waiting for ${what}\n`,
  });
});

test('a command says which databases it waits for', async () => {
  const remote = `tcp:127.0.0.1:${port}`;
  for (const argv of [['status'], ['audit', '-o', 'json'], ['get', 'fip']]) {
    const { status, stdout, stderr } = await interrupted(...argv, '--nb', remote, '--sb', remote);
    expect({ argv, status, stdout }).toEqual({ argv, status: 130, stdout: '' });
    expect(stderr).toContain(`waiting for NB ${remote}\n`);
    expect(stderr).toContain(`interrupted while waiting for NB ${remote} and SB ${remote}\n`);
  }
});
