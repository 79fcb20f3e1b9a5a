import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../../packages/engine/src/testing/bench.ts';
import { example, startStory } from '../../../tests/support/field-story.ts';
import { controllerUser, eventually, get, kubectl, lease } from '../../../tests/support/kube-bench.ts';
import { programFile } from '../../../tests/support/programs.ts';
import { endProgram, startRun } from '../../../tests/support/run-program.ts';
import { readFlags } from './flags.ts';
import { runController } from './run.ts';

let kube: OwnKubeServer;
let bench: Bench;
let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'berth-take-over-'));
  [kube, bench] = await startStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

/** A command on the databases, with a folder and its state or with the cluster. */
function berth(...argv: readonly string[]) {
  const words = [...argv, '--nb', bench.nb.remote, '--sb', bench.sb.remote];
  const env = { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch };
  const { status, stdout, stderr } = spawnSync(programFile('berth'), words, { encoding: 'utf8', env });
  return { status, stdout, stderr: stderr.replaceAll(/\s+/g, ' ') };
}

const withFolder = ['-f', example, '--timeout', '60'];

/** A controller of this process, and what it logs. */
function start() {
  const words = ['--kubeconfig', kube.kubeconfig(controllerUser), '--listen', '127.0.0.1:0'];
  const page = { out: () => undefined, err: () => undefined };
  const settings = readFlags([...words, '--nb', bench.nb.remote, '--sb', bench.sb.remote], page);
  const stop = new AbortController();
  const { promise: url, resolve } = Promise.withResolvers<string>();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const running = runController(settings, { log, signal: stop.signal, onServing: resolve });
  return {
    lines,
    async ready(): Promise<string> {
      return await (await fetch(`${await url}/readyz`)).text();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function inNb(): Promise<{ readonly nats: number; readonly lead: string | undefined }> {
  await using nb = await openDatabase({ remotes: [bench.nb.remote], database: 'OVN_Northbound' });
  const replica = await nb.monitor({ tables: { NAT: 'all', NB_Global: 'all' } });
  const [global] = replica.snapshot().table('NB_Global');
  const ids = global?.['external_ids'];
  const lead = ids instanceof Map ? ids.get('berth.dev/lead') : undefined;
  return {
    nats: [...replica.snapshot().table('NAT')].length,
    lead: typeof lead === 'string' ? lead : undefined,
  };
}

/** The condition Ready of an object of the cluster. */
async function ready(
  object: string,
): Promise<{ readonly status: string; readonly reason: string } | undefined> {
  const { status = {} } = await get(kube, object);
  return (status.conditions ?? []).find(({ type }: { readonly type: string }) => type === 'Ready');
}

function state(name: string): string[] {
  return ['--state', join(scratch, name)];
}

test('a cluster takes no OVN from a folder until it is told to, and takes nothing away till then', async () => {
  const applied = berth('apply', ...withFolder, ...state('one'));
  expect((await inNb()).nats, applied.stderr).toBe(1);
  await using controller = start();
  await eventually(async () => (await controller.ready()).includes('looked after this OVN last'));
  const told = await controller.ready();
  expect(told).toMatch(/\[-\]passes failed: berth with a folder \(its state is \S+\/one\) looked after/);
  const [, command = '', epoch = ''] =
    /say (kubectl -n \S+ annotate --overwrite lease \S+ berth.dev\/take-over=(\d+));/.exec(told) ?? [];
  // Long enough for more than one try.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await inNb()).toMatchObject({ nats: 1, lead: expect.stringMatching(/^\d+ state\//) });
  const asked = controller.lines.filter((line) => line.includes('led-elsewhere'));
  expect(asked).toHaveLength(1);
  expect(command).toContain(`-n ${lease.namespace} annotate --overwrite lease ${lease.name} `);
  // A word about an earlier lead is none about this one.
  await kubectl(kube, ...words(command.replace(`=${epoch}`, `=${Number(epoch) - 1}`)));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await inNb()).toMatchObject({ nats: 1, lead: expect.stringMatching(/^\d+ state\//) });
  const why = `berth.dev/take-over "${Number(epoch) - 1}", which is`;
  expect(await controller.ready()).toContain(why);
  expect(controller.lines.filter((line) => line.includes('which is'))).toHaveLength(1);
  const plan = berth('plan', '--kube', '--kubeconfig', kube.kubeconfig(controllerUser));
  expect(plan).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('interrupts vpc/vpc1: the whole VPC stops'),
  });
  await kubectl(kube, ...words(command));
  await eventually(async () => (await controller.ready()).includes('[+]passes ok'));
  await eventually(async () => (await inNb()).nats === 0);
  expect((await inNb()).lead).toMatch(/^\d+ cluster\//);
});

test('a cluster follows itself, and a folder takes it no OVN unasked; the other way round it has to be said anew', async () => {
  await kubectl(kube, 'apply', '--server-side', '-f', example);
  {
    await using controller = start();
    await eventually(async () => (await controller.ready()).includes('[+]passes ok'));
    await eventually(async () => (await inNb()).nats === 1);
    await eventually(async () => (await ready('ovn-eip/web'))?.status === 'True');
  }
  expect(berth('apply', ...withFolder, ...state('one'))).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/the controller of a cluster \(its kube-system has UID \S+\) looked/),
  });
  berth('apply', ...withFolder, ...state('one'), '--move-state');
  expect((await inNb()).lead).toMatch(/^\d+ state\//);
  const databases = ['--nb', bench.nb.remote, '--sb', bench.sb.remote];
  const env = { ...process.env, XDG_STATE_HOME: scratch };
  const run = startRun(['--kubeconfig', kube.kubeconfig(controllerUser), ...databases], env);
  await eventually(() => /looked after this OVN last/.test(run.said()));
  const said = run.said().replaceAll(/\s+/g, ' ');
  const [, command = ''] =
    /berth with a folder .* looked after this OVN last .* say (kubectl .*take-over=\d+);/.exec(said) ?? [];
  expect(await inNb()).toMatchObject({ nats: 1, lead: expect.stringMatching(/^\d+ state\//) });
  // What was true before is not said any more.
  await eventually(async () => (await ready('ovn-eip/web'))?.status === 'Unknown');
  expect(await ready('ovn-fip/web')).toMatchObject({ status: 'Unknown', reason: 'LedElsewhere' });
  expect((await get(kube, 'ovn-fip/web')).status).not.toHaveProperty('placement');
  await kubectl(kube, ...words(command));
  await eventually(async () => (await ready('ovn-eip/web'))?.status === 'True');
  await eventually(async () => /^\d+ cluster\//.test((await inNb()).lead ?? ''));
  await eventually(() => run.said().includes('back to work'));
  expect(run.child.exitCode).toBeNull();
  expect(await endProgram(run.child)).toBe(0);
});

/** The words of a kubectl command, without its name. */
function words(command: string): readonly string[] {
  return command.split(' ').slice(1);
}
