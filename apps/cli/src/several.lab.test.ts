import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';
import { applySchema } from './schema/apply.ts';
import { labStatusSchema } from './schema/lab-status.ts';
import { planSchema } from './schema/plan.ts';
import { rebalanceSchema } from './schema/rebalance.ts';
import { statusSchema } from './schema/status.ts';

const root = path.join(import.meta.dirname, '../../..');
const berthProgram = programFile('berth');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const vpcs = ['red', 'green', 'blue', 'white', 'black', 'grey'];
let scratch = '';
let folder = '';
let environment: NodeJS.ProcessEnv = {};

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bs-'));
  folder = path.join(scratch, 'story');
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  const manifests = vpcs.map((name) =>
    JSON.stringify({
      apiVersion: 'kubeovn.io/v1',
      kind: 'Vpc',
      metadata: { name },
      spec: { enableExternal: true, extraExternalSubnets: ['external0'] },
    }),
  );
  writeFileSync(path.join(folder, '06-vpcs.yaml'), manifests.join('\n---\n'));
  writeFileSync(path.join(folder, '07-pod.yaml'), podText('plain'));
  environment = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  expect(berth('lab', 'up', '--name', 'several', '--nodes', nodes.join())).toMatchObject({ status: 0 });
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

function podText(name: string): string {
  const annotations = { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' };
  const spec = { nodeName: nodes[0], containers: [{ name: 'web', image: 'pause' }] };
  const metadata = { namespace: 'default', name, annotations };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
}

test('plan on a fresh lab counts on the bridges that apply makes', () => {
  const plan = planSchema.parse(json('plan', '-f', folder));
  expect(plan.findings).toEqual([]);
  expect(plan.changes.filter(({ table }) => table === 'Gateway_Chassis').length).toBeGreaterThanOrEqual(14);
});

test('VPCs spread over the gateways from the start', () => {
  expect(berth('apply', '-f', folder)).toMatchObject({ status: 0 });
  const status = statusSchema.parse(json('status'));
  const active = status.vpcs.flatMap(({ attachments }) =>
    attachments.flatMap(({ gateways }) => gateways.filter((each) => each.active).map(({ node }) => node)),
  );
  expect(active).toHaveLength(vpcs.length + 1);
  expect(new Set(active)).toEqual(new Set(nodes.slice(1)));
  expect(planSchema.parse(json('plan', '-f', folder)).changes).toEqual([]);
});

test('VPCs that a failure drove to one gateway stay there until they are rebalanced', async () => {
  const [, gateway = ''] = nodes;
  const served = () =>
    statusSchema
      .parse(json('status'))
      .vpcs.flatMap(({ name, attachments }) =>
        attachments.flatMap(({ gateways }) =>
          gateways.filter((each) => each.active).map(({ node }) => ({ vpc: name, node })),
        ),
      );
  const before = served();
  const ofGateway = before.filter(({ node }) => node === gateway).map(({ vpc }) => vpc);
  expect(berth('lab', 'fail', `host:${gateway}`).status).toBe(0);
  const areAway = () => served().every(({ node }) => node !== gateway) && served().length === before.length;
  await expect.poll(areAway).toBe(true);
  expect(berth('apply', '-f', folder).status).toBe(0);
  expect(berth('lab', 'heal').status).toBe(0);
  // Until its tunnels' BFD is up, a gateway that comes back takes every port it may have.
  const tunnels = () =>
    berth(
      ...['lab', 'exec', gateway, '--', 'ovs-vsctl', '--bare', '--columns=bfd_status'],
      ...['find', 'Interface', 'type=geneve'],
    ).stdout;
  await expect.poll(tunnels).toMatch(/^(.*\bstate=up\b.*\n+)+$/);
  let looksAway = 0;
  const countAway = () => {
    looksAway = areAway() ? looksAway + 1 : 0;
    return looksAway;
  };
  await expect.poll(countAway, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(3);
  expect(berth('apply', '-f', folder).status).toBe(0);
  expect(areAway()).toBe(true);
  const [one = ''] = ofGateway;
  const moved = (...words: readonly string[]) =>
    rebalanceSchema.parse(json('rebalance', ...words, '-f', folder)).moves;
  expect(moved(one)).toEqual([{ vpc: one, subnet: 'external0', from: nodes[2], to: gateway, done: true }]);
  expect(
    moved()
      .map(({ vpc }) => vpc)
      .toSorted(),
  ).toEqual(ofGateway.filter((vpc) => vpc !== one).toSorted());
  expect(served()).toEqual(before);
  expect(berth('rebalance', '-f', folder)).toMatchObject({
    status: 0,
    stdout: 'the gateways are spread evenly\n',
  });
  expect(berth('rebalance', 'nobody', '-f', folder)).toMatchObject({ status: 64 });
});

test('a pod that no public address is of is told so', () => {
  expect(berth('probe', 'pod/default/plain')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('pod/default/plain has no floating IP, and no rule of SNAT or DNAT'),
  });
});

test('a daemon that was killed by hand is said to be restarted, also where it is named', () => {
  const failure = `ovn-controller:${nodes[0]}`;
  for (const words of [[], [failure]]) {
    const before = labStatusSchema.parse(json('lab', 'status'));
    const pid = before.nodes.find(({ name }) => name === nodes[0])?.daemons['ovn-controller'];
    expect(berth('lab', 'exec', 'central', '--', 'kill', '-9', String(pid)).status).toBe(0);
    expect(berth('lab', 'heal', ...words)).toMatchObject({
      stdout: `${nodes[0]} ovn-controller restarted\n`,
      stderr: '',
    });
  }
  expect(berth('lab', 'heal')).toMatchObject({ stdout: '', stderr: 'nothing was broken\n' });
  expect(berth('lab', 'heal', failure).stderr).toBe(`${failure} was not broken\n`);
});

test('exec ends as its program does, also by a signal or when there is none', () => {
  for (const where of ['central', nodes[0] ?? '']) {
    expect(berth('lab', 'exec', where, '--', 'sh', '-c', 'exit 7').status).toBe(7);
    expect(berth('lab', 'exec', where, '--', 'sh', '-c', 'kill -USR1 $$').status).toBe(138);
    expect(berth('lab', 'exec', where, '--', 'no-such-program').status).toBe(127);
  }
});

test('a database of another name is no OVN, and cannot be told from', () => {
  const { nb } = labStatusSchema.parse(json('lab', 'status'));
  expect(berth('plan', '-f', folder, '--nb', nb, '--sb', nb).status).toBe(2);
});

test('a second set of objects with a pod of the first is told, and the rest is programmed', () => {
  const second = path.join(scratch, 'second');
  mkdirSync(second);
  for (const file of ['01-nodes.yaml', '02-external-network.yaml'])
    cpSync(path.join(folder, file), path.join(second, file));
  const network = { kind: 'Vpc', metadata: { name: 'two' }, spec: {} };
  const subnet = {
    kind: 'Subnet',
    metadata: { name: 'vpc1-subnet1' },
    spec: { vpc: 'two', cidrBlock: '192.168.9.0/24' },
  };
  const manifests = [network, subnet].map((each) => JSON.stringify({ apiVersion: 'kubeovn.io/v1', ...each }));
  const pods = [podText('plain'), podText('other')].map((text) => text.replace('vpc1-subnet1', 'two-subnet'));
  const text = [...manifests, ...pods]
    .join('\n---\n')
    .replace('"name":"vpc1-subnet1"', '"name":"two-subnet"');
  writeFileSync(path.join(second, 'all.yaml'), text);
  const { status, stderr } = berth('apply', '-f', second, '--instance', 'two', '--timeout', '10');
  expect(stderr).toMatch(/pod\/default\/plain {2}nic-in-use\n/);
  expect(stderr).not.toContain('not attached in time');
  expect(status).toBe(1);
  const told = statusSchema.parse(json('status', '--instance', 'two'));
  expect(told.vpcs.map(({ name }) => name)).toEqual(['two']);
  const { pods: left } = labStatusSchema.parse(json('lab', 'status'));
  expect(left.toSorted()).toEqual(['default/other', 'default/plain', 'default/web']);
});

test('status tells what is wrong in the folder, and what is no more programmed', () => {
  writeFileSync(path.join(folder, '08-broken.yaml'), 'kind: [\n');
  const { status, stdout } = berth('status');
  expect(status).toBe(1);
  expect(stdout).toMatch(/08-broken\.yaml:\d+:\d+ {2}yaml-syntax\n/);
  rmSync(path.join(folder, '08-broken.yaml'));
});

test('run tells what changed in short, also what lost its rows and what is gone', async () => {
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
  const soon = { timeout: 60_000 };
  try {
    await expect.poll(() => stderr, soon).toContain('stop with Ctrl-C');
    child.kill('SIGSTOP');
    expect(statusSchema.parse(json('status')).controller).toMatchObject({ running: true, stopped: true });
    child.kill('SIGCONT');
    rmSync(path.join(folder, '04-pod.yaml'));
    await expect.poll(() => stdout, soon).toMatch(/^ovn-fip\/web unprogrammed \(\d rows?\)$/m);
    await expect.poll(() => stdout, soon).toMatch(/^pod\/default\/web deleted/m);
    await expect.poll(() => stderr, soon).toMatch(/ovn-fip\/web .*05-floating-ip\.yaml:/);
    cpSync(path.join(root, 'examples/01-field-story/04-pod.yaml'), path.join(folder, '04-pod.yaml'));
    await expect.poll(() => stderr, soon).toMatch(/^resolved ovn-fip\/web {2}.*05-floating-ip\.yaml {2}/m);
    await expect.poll(() => stdout, soon).toMatch(/^ovn-fip\/web created \(\d rows?\)$/m);
  } finally {
    child.kill('SIGCONT');
    child.kill('SIGTERM');
  }
  expect(await ended).toBe(0);
});

test('what is deleted from the folder is said to be deleted', () => {
  rmSync(path.join(folder, '07-pod.yaml'));
  const { objects } = applySchema.parse(json('apply', '-f', folder));
  expect(objects.map(({ object, result }) => [object.name, result])).toContainEqual(['plain', 'deleted']);
});
