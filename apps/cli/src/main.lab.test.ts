import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';
import { applySchema } from './schema/apply.ts';
import { labStatusSchema } from './schema/lab-status.ts';
import { planSchema } from './schema/plan.ts';
import { probeSchema } from './schema/probe.ts';
import { statusSchema } from './schema/status.ts';

const root = path.join(import.meta.dirname, '../../..');
const berthProgram = programFile('berth');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
let scratch = '';
let folder = '';
let environment: NodeJS.ProcessEnv = {};

beforeAll(() => {
  // Labs of this test are seen by this test alone. The path is short, as the lab's sockets need it.
  scratch = mkdtempSync(path.join(tmpdir(), 'bc-'));
  folder = path.join(scratch, 'story');
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  environment = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  expect(berth('lab', 'up', '--name', 'cli', '--nodes', nodes.join())).toMatchObject({
    status: 0,
    stdout: 'lab/cli up\n',
  });
});
afterAll(() => {
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(berthProgram, argv, { encoding: 'utf8', env: environment });
  return { status, stdout, stderr };
}

function json(...argv: readonly string[]): unknown {
  return JSON.parse(berth(...argv, '-o', 'json').stdout);
}

/** Changes the one field of the story. */
function setType(type: string): void {
  const file = path.join(folder, '05-floating-ip.yaml');
  const text = readFileSync(file, 'utf8').replace(/^ {2}type: (central|distrib).*\n/m, '');
  writeFileSync(file, `${text.trimEnd()}\n  type: ${type}\n`);
}

test('what is not there yet is all to be added', () => {
  const plan = planSchema.parse(json('plan', '-f', folder));
  expect(plan.changes.length).toBeGreaterThan(10);
  expect(plan.summary).toMatchObject({ insert: plan.changes.length, update: 0, delete: 0, interrupting: 0 });
  expect(plan.changes.find(({ table }) => table === 'NAT')).toMatchObject({
    verb: 'insert',
    cause: { kind: 'OvnFip', name: 'web' },
    columns: { external_ip: { old: null, new: '10.9.101.9' }, logical_port: { new: 'web.default' } },
  });
  expect(berth('plan', '-f', folder).status).toBe(1);
});

test('apply programs it; then there is nothing left to do', () => {
  const applied = berth('apply', '-f', folder);
  expect(applied).toMatchObject({ status: 0 });
  expect(applied.stdout.split('\n')).toEqual(
    expect.arrayContaining(['vpc/vpc1 created', 'ovn-fip/web created']),
  );
  expect(berth('plan', '-f', folder)).toEqual({
    status: 0,
    stdout: 'Plan: nothing to do, OVN is as it should be.\n',
    stderr: '',
  });
  const again = applySchema.parse(json('apply', '-f', folder));
  expect(again).toMatchObject({
    objects: [],
    waitingFor: [],
    summary: { created: 0, configured: 0, transactions: 0 },
  });
});

test('get prints what was stored', () => {
  expect(berth('get', 'fip').stdout).toMatch(/^NAME +VPC .*\nweb +vpc1 .*10\.9\.101\.9 /);
  expect(json('get', 'ovn-eip', 'web')).toMatchObject({ status: { v4Ip: '10.9.101.9', ready: true } });
});

test('status tells gateways and berths', () => {
  const status = statusSchema.parse(json('status'));
  expect(status.databases.map(({ connected }) => connected)).toEqual([true, true]);
  expect(status.controller).toMatchObject({ running: false, instance: 'default' });
  const [gateways] = status.vpcs.flatMap(({ attachments }) => attachments.map((each) => each.gateways));
  expect(gateways?.map(({ node }) => node).toSorted()).toEqual(['vnode-103-177', 'vnode-117-46']);
  expect(gateways?.filter(({ active }) => active)).toHaveLength(1);
  expect(status.floatingIps).toMatchObject([
    { name: 'web', placement: { effective: 'distributed' }, berth: { node: 'vnode-103-176' } },
  ]);
  expect(berth('status').status).toBe(0);
});

test('packets agree', () => {
  const probe = probeSchema.parse(json('probe', 'fip/web'));
  expect(probe.reachable).toBe(true);
  expect(probe.flows.map(({ direction, from, to }) => [direction, from, to])).toEqual([
    ['inbound', 'outside', '10.9.101.9'],
    ['outbound', 'default/web', '10.9.101.1'],
  ]);
  expect(probe.answers).toMatchObject([{ address: '10.9.101.9', node: 'vnode-103-176' }]);
  for (const target of ['eip/web', 'pod/default/web', '10.9.101.9'])
    expect(berth('probe', target).status).toBe(0);
  expect(berth('probe', '10.9.101.77')).toMatchObject({ status: 1 });
  expect(berth('probe', 'fip/wep')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('did you mean web?'),
  });
});

test('one field changed: the plan says which columns and whose traffic, apply does it, packets go another way', () => {
  setType('centralized');
  const plan = berth('plan', '-f', folder);
  expect(plan.status).toBe(1);
  expect(plan.stdout).toMatch(
    /~ NAT +vpc1 dnat_and_snat 10\.9\.101\.9\n +external_mac .* -> <none>\n +logical_port web\.default -> <none>\n +from spec\.type\n +interrupts ovn-fip\/web 10\.9\.101\.9/,
  );
  expect(plan.stdout).toContain('Plan: 0 to add, 1 to change, 0 to remove. 1 change interrupts traffic.');
  expect(berth('apply', '-f', folder)).toMatchObject({ status: 0, stdout: 'ovn-fip/web configured\n' });
  const [berthNow] = statusSchema.parse(json('status')).floatingIps.map(({ berth: each }) => each?.node);
  expect(['vnode-103-177', 'vnode-117-46']).toContain(berthNow);
  const probe = probeSchema.parse(json('probe', 'fip/web'));
  expect(probe).toMatchObject({ reachable: true, answers: [{ node: berthNow }] });
});

test('with every gateway dead it is unreachable, and the lab says what is broken', () => {
  expect(berth('lab', 'fail', 'host:vnode-103-177,host:vnode-117-46')).toMatchObject({
    status: 0,
    stdout: 'host:vnode-103-177 failed\nhost:vnode-117-46 failed\n',
  });
  const lab = labStatusSchema.parse(json('lab', 'status'));
  expect(lab.failures).toEqual(['host:vnode-103-177', 'host:vnode-117-46']);
  expect(lab.pods).toEqual(['default/web']);
  expect(berth('probe', 'fip/web')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('not reachable'),
  });
  expect(berth('lab', 'heal')).toMatchObject({ status: 0 });
  expect(berth('lab', 'fail', 'host:vnode-1')).toMatchObject({
    status: 64,
    stderr: expect.stringMatching(/^error: .*\n$/),
  });
});

test('exec passes output and exit code through', () => {
  expect(berth('lab', 'exec', 'central', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
    status: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('a program that exec runs ends with it', async () => {
  const argv = ['-s', 'TERM', '1', berthProgram, 'lab', 'exec', 'outside', '--', 'sleep', '6543'];
  const { status } = spawnSync('timeout', argv, { encoding: 'utf8', env: environment, timeout: 60_000 });
  expect(status).toBe(124);
  const find = () => berth('lab', 'exec', 'outside', '--', 'pgrep', '-fx', 'sleep 6543').stdout;
  await expect.poll(find).toBe('');
});

test('run keeps it so until it is stopped, alone on its state', async () => {
  const child = spawn(berthProgram, ['run', '-f', folder], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  try {
    await expect.poll(() => stderr).toContain('stop with Ctrl-C');
    expect(statusSchema.parse(json('status')).controller.running).toBe(true);
    expect(berth('apply', '-f', folder)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: .*\n$/),
    });
    setType('distributed');
    await expect.poll(() => stdout).toContain('ovn-fip/web configured (1 row)\n');
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toBe(0);
});

test('what was removed from the folder goes', () => {
  rmSync(path.join(folder, '05-floating-ip.yaml'));
  expect(berth('apply', '-f', folder).stdout).toContain('ovn-fip/web deleted\n');
  expect(berth('get', 'ovn-fip', 'web').status).toBe(1);
});

test('down ends the lab, and whoever runs on it', async () => {
  const child = spawn(berthProgram, ['run', '-f', folder], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  await expect.poll(() => stderr).toContain('stop with Ctrl-C');
  expect(berth('lab', 'down')).toMatchObject({ status: 0, stdout: 'lab/cli down\n' });
  expect(await ended).toBe(2);
  expect(stderr).toContain('lab/cli has ended');
  expect(berth('lab', 'status').status).toBe(2);
});
