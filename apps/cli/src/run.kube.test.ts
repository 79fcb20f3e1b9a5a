import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../../../tests/support/field-story.ts';
import { controllerUser, eventually, get, kubectl, lease } from '../../../tests/support/kube-bench.ts';
import { endProgram, type Run, startRun } from '../../../tests/support/run-program.ts';

let kube: OwnKubeServer;
let bench: Bench;
let scratch = '';
let running: Run | undefined;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'berth-run-'));
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  running?.child.kill('SIGKILL');
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

function start(): Run {
  const databases = ['--nb', bench.nb.remote, '--sb', bench.sb.remote];
  const env = { ...process.env, XDG_STATE_HOME: scratch };
  return startRun(['--kubeconfig', kube.kubeconfig(controllerUser), ...databases], env);
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
  running = start();
  const { child, said } = running;
  await place('distributed');
  await eventually(async () => (await port()) === 'web.default');
  const before = await epoch();

  await kube.kill('kube-apiserver');
  await eventually(() => said().includes('lost the lead') || child.exitCode !== null);
  expect({ said: said(), exitCode: child.exitCode }).toMatchObject({ exitCode: null });
  expect(await port()).toBe('web.default');

  await kube.restart('kube-apiserver');
  await place('centralized');
  await eventually(async () => (await port()) === undefined);
  expect(await epoch()).toBe(before + 1);
  await eventually(() => said().includes('back to work'));
  expect(said()).not.toContain('leads the cluster');
  expect(said()).not.toContain('forbidden');

  expect(child.exitCode).toBeNull();
  expect(await endProgram(child)).toBe(0);
  expect((await get(kube, '-n', lease.namespace, 'lease', lease.name)).spec.holderIdentity).toBe('');
});
