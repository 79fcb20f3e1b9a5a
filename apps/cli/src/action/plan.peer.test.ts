import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { folderAgentBoard } from '@berth/source';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../../tests/support/programs.ts';
import { applySchema } from '../schema/apply.ts';
import { lintSchema } from '../schema/lint.ts';
import { planSchema } from '../schema/plan.ts';

const root = path.join(import.meta.dirname, '../../../..');
let scratch = '';
let folder = '';
let servers: readonly OvsdbServer[] = [];

/** An NB as its release has it, but for VLAN tags: this one takes none above 4. */
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-plan-'));
  folder = path.join(scratch, 'folder');
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  const network = path.join(folder, '02-external-network.yaml');
  writeFileSync(network, readFileSync(network, 'utf8').replace(/\bid: 0\b/, 'id: 5'));
  const schema = JSON.parse(readFileSync('/usr/share/ovn/ovn-nb.ovsschema', 'utf8'));
  schema.tables.Logical_Switch_Port.columns.tag.type.key.maxInteger = 4;
  const file = path.join(scratch, 'narrow.ovsschema');
  writeFileSync(file, JSON.stringify(schema));
  servers = await Promise.all([startOvsdbServer({ schema: { file } }), startOvsdbServer({ schema: 'sb' })]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

/** The flags by which the servers and the state are named. */
function ovn(): readonly string[] {
  const [nb, sb] = servers.map(({ remote }) => remote);
  return ['--nb', `${nb}`, '--sb', `${sb}`, '--state', path.join(scratch, 'state')];
}

function run(...argv: readonly string[]) {
  return runIn(folder, ...argv);
}

function runIn(from: string, ...argv: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: scratch };
  return spawnSync(path.join(root, 'bin/berth'), [...argv, '-f', from], { encoding: 'utf8', env });
}

function json(...argv: readonly string[]): unknown {
  return JSON.parse(run(...argv, ...ovn(), '-o', 'json').stdout);
}

test('plan tells what the database would refuse, and apply finds the same refused', () => {
  const refusedOf = ({ findings }: { readonly findings: readonly { code: string; object?: unknown }[] }) =>
    findings.filter(({ code }) => code === 'transaction-refused').map(({ object }) => object);
  const plan = planSchema.parse(json('plan'));
  // The router's port on that subnet is of the same unit, so its VPC waits.
  expect(refusedOf(plan)).toEqual([
    { kind: 'Subnet', name: 'external0' },
    { kind: 'Vpc', name: 'vpc1' },
  ]);
  for (const { code, message } of plan.findings)
    if (code === 'transaction-refused') expect(message).toContain('range');
  const applied = applySchema.parse(json('apply', '--timeout', '200'));
  expect(refusedOf(applied)).toEqual(refusedOf(plan));
  expect(applied.objects).toContainEqual({
    object: { kind: 'OvnFip', name: 'web' },
    result: 'created',
  });
});

test('a file that is gone while others refer to its object is told by lint, plan and apply in one way', () => {
  json('apply', '--timeout', '200');
  const rules = path.join(folder, '05-floating-ip.yaml');
  const before = readFileSync(rules, 'utf8');
  const [, fip = ''] = before.split('---\n');
  writeFileSync(rules, fip);
  const schemas = { lint: lintSchema, plan: planSchema, apply: applySchema } as const;
  const told = (['lint', 'plan', 'apply'] as const).map((command) => {
    const { status, stdout } = run(command, ...(command === 'lint' ? [] : ovn()), '-o', 'json');
    const { findings } = schemas[command].parse(JSON.parse(stdout));
    return { status, missing: findings.filter(({ code }) => code === 'reference-not-found') };
  });
  writeFileSync(rules, before);
  expect(told[0]).toMatchObject({
    status: 1,
    missing: [
      {
        object: { kind: 'OvnFip', name: 'web' },
        field: 'spec.ovnEip',
        at: { line: 6 },
        message: 'ovn-eip/web does not exist',
      },
    ],
  });
  expect(told.slice(1)).toEqual([told[0], told[0]]);
});

test('a folder takes an OVN from no other controller unasked', () => {
  json('apply', '--timeout', '200');
  const state = path.join(scratch, 'other-state');
  const there = [...ovn().slice(0, -1), state];
  for (const command of ['apply', 'run', 'rebalance', 'adopt']) {
    const { status, stdout, stderr } = run(command, ...there);
    expect({ command, status, stdout }).toEqual({ command, status: 2, stdout: '' });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /berth with a folder \(its state is \S+\/state\) looked after this OVN last \(NB carries epoch \d+, the state in .* has none\)/,
    );
    expect(stderr).toContain('--move-state');
  }
  // A plan asks nobody: it tells what would have to be said.
  const looked = planSchema.parse(JSON.parse(run('plan', ...there, '-o', 'json').stdout));
  expect(looked.moves).toEqual([expect.stringMatching(/^berth with a folder .* looked after this OVN last/)]);
  expect(planSchema.parse(JSON.parse(run('plan', ...there, '--move-state', '-o', 'json').stdout))).toEqual({
    ...looked,
    moves: [],
  });
  expect(run('plan', ...there).stderr).toMatch(/^apply needs --move-state: berth with a folder/m);
  // What was refused left nothing behind by which other commands would find this folder.
  expect(existsSync(path.join(state, 'state.json'))).toBe(false);
  applySchema.parse(
    JSON.parse(run('apply', ...there, '--move-state', '--timeout', '200', '-o', 'json').stdout),
  );
  // Now it is this state that led last.
  expect(run('plan', ...there).status).not.toBe(2);
  expect(run('apply', ...ovn()).status).toBe(2);
  json('apply', '--move-state', '--timeout', '200');
});

test('a controller at work is ended by no other folder: who would take its place is told to stop it first', async () => {
  json('apply', '--timeout', '200');
  const there = [...ovn().slice(0, -1), path.join(scratch, 'third-state')];
  const argv = ['run', '-f', folder, ...ovn()];
  const env = { PATH: process.env['PATH'], HOME: scratch };
  const child = spawn(programFile('berth'), argv, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    const pid = `${child.pid}`;
    const { status, stderr } = run('apply', ...there, '--move-state', '--timeout', '200');
    expect({ status, said: stderr.replaceAll(/\s+/g, ' ') }).toMatchObject({
      status: 2,
      said: expect.stringContaining(`berth run (process ${pid}) is at work`),
    });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('stop it, then add --move-state');
    const planned = run('plan', ...there, '--move-state', '-o', 'json');
    expect(planSchema.parse(JSON.parse(planned.stdout))).toMatchObject({
      ...{ moves: [], stops: [expect.stringContaining(`process ${pid}`)] },
    });
    expect(run('plan', ...there, '--move-state').stderr).toMatch(
      /^to be stopped first: berth with a folder/m,
    );
    expect(child.exitCode).toBe(null);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
  expect(run('apply', ...there, '--move-state', '--timeout', '200').status).not.toBe(2);
  json('apply', '--move-state', '--timeout', '200');
});

test('a plan of a changed copy is that of the folder itself, and leaves the state where it is', () => {
  json('apply', '--timeout', '200');
  const copy = path.join(scratch, 'copy');
  cpSync(folder, copy, { recursive: true });
  const rules = path.join(copy, '05-floating-ip.yaml');
  writeFileSync(rules, readFileSync(rules, 'utf8').replace('ipName: web.default', '$&\n  type: centralized'));
  const state = readFileSync(path.join(scratch, 'state/state.json'), 'utf8');
  const inCopy = (...argv: readonly string[]) => runIn(copy, ...argv, ...ovn());
  const { stdout } = inCopy('plan', '-o', 'json');
  const plan = planSchema.parse(JSON.parse(stdout));
  expect(plan.moves).toEqual([
    `the state in ${path.join(scratch, 'state')} is of ${realpathSync(folder)}, not of ${realpathSync(copy)}`,
  ]);
  expect(plan.changes.filter(({ verb }) => verb !== 'insert')).toMatchObject([
    { verb: 'update', table: 'NAT', cause: { name: 'web' } },
  ]);
  expect(inCopy('apply')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('--move-state'),
  });
  expect(readFileSync(path.join(scratch, 'state/state.json'), 'utf8')).toBe(state);
  // What the copy no longer holds is removed in the plan.
  rmSync(rules);
  expect(inCopy('plan').stdout).toMatch(/^ {2}- NAT /m);
});

test('a node whose ovn-controller hangs is told', async () => {
  const [, sb] = servers.map(({ remote }) => remote);
  const sbctl = (...argv: readonly string[]) => spawnSync('ovn-sbctl', [`--db=${sb}`, ...argv]);
  const node = 'vnode-103-177';
  expect(
    sbctl('chassis-add', node, 'geneve', '127.0.0.1', '--', 'set', 'Chassis', node, `hostname=${node}`),
  ).toMatchObject({
    status: 0,
  });
  const metadata = {
    name: node,
    generation: 1,
    labels: {},
    annotations: {},
    finalizers: [],
    ownerReferences: [],
  };
  const agent = folderAgentBoard({ stateFolder: path.join(scratch, 'state'), node });
  const told = async (connected: boolean) => {
    await agent.report({
      ...{ apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'NodeReport', metadata },
      status: {
        ...{ agent: 'a', sequence: 1, time: new Date().toISOString(), heartbeatMs: 60_000, chassis: node },
        ovnController: { running: true, connected, flowsInstalled: true },
      },
    });
    const { findings } = planSchema.parse(json('plan'));
    return findings.filter(({ code }) => code === 'node-frozen').map(({ object }) => object?.name);
  };
  try {
    expect(await told(true)).toEqual([]);
    expect(await told(false)).toEqual([node]);
  } finally {
    await agent[Symbol.asyncDispose]();
    sbctl('chassis-del', node);
    rmSync(path.join(scratch, 'state/nodes'), { recursive: true, force: true });
  }
});
