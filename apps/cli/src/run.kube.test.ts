import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../../../tests/support/field-story.ts';
import { controllerUser, eventually, get, kubectl, lease } from '../../../tests/support/kube-bench.ts';
import { programFile } from '../../../tests/support/programs.ts';

let kube: OwnKubeServer;
let bench: Bench;
let scratch = '';
let running: ChildProcess | undefined;
/** What `berth run` says beside its data. */
let said = '';

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'berth-run-'));
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  running?.kill('SIGKILL');
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

function startRun(): ChildProcess {
  const databases = ['--nb', bench.nb.remote, '--sb', bench.sb.remote];
  const child = spawn(
    programFile('berth'),
    ['run', '--kubeconfig', kube.kubeconfig(controllerUser), ...databases],
    { env: { ...process.env, XDG_STATE_HOME: scratch }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  return child;
}

function place(type: 'centralized' | 'distributed'): Promise<string> {
  return kubectl(kube, 'patch', 'ovn-fip', 'web', '--type=merge', '-p', JSON.stringify({ spec: { type } }));
}

/** The logical port of the floating IP's row; undefined when it is centralized, or has no row. */
async function port(): Promise<unknown> {
  await using nb = await openDatabase({ remotes: [bench.nb.remote], database: 'OVN_Northbound' });
  const replica = await nb.monitor({ tables: { NAT: ['logical_port'] } });
  const [row] = replica.snapshot().table('NAT');
  return row?.['logical_port'];
}

async function epoch(): Promise<number> {
  const { metadata } = await get(kube, '-n', lease.namespace, 'lease', lease.name);
  return Number(metadata.annotations['berth.dev/epoch']);
}

test('an API server that is away for longer than the Lease counts ends nothing: it is held again, and changes are carried out', async () => {
  running = startRun();
  await place('distributed');
  await eventually(async () => (await port()) === 'web.default');
  const before = await epoch();

  await kube.kill('kube-apiserver');
  await eventually(() => said.includes('lost the lead') || running?.exitCode !== null);
  expect({ said, exitCode: running.exitCode }).toMatchObject({ exitCode: null });
  expect(await port()).toBe('web.default');

  await kube.restart('kube-apiserver');
  await place('centralized');
  await eventually(async () => (await port()) === undefined);
  expect(await epoch()).toBe(before + 1);
  await eventually(() => said.includes('back to work'));
  expect(said).not.toContain('leads the cluster');
  expect(said).not.toContain('forbidden');

  running.kill('SIGTERM');
  expect(await once(running, 'exit')).toEqual([0, null]);
  expect((await get(kube, '-n', lease.namespace, 'lease', lease.name)).spec.holderIdentity).toBe('');
});
