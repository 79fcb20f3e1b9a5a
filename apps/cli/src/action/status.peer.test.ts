import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusSchema } from '../schema/status.ts';
import { writeKubeconfig } from '../testing/kubeconfig.ts';

const root = path.join(import.meta.dirname, '../../../..');
const story = path.join(root, 'examples/01-field-story');
let scratch = '';
let servers: readonly OvsdbServer[] = [];
let fresh: OvsdbServer | undefined;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-status-'));
  servers = await Promise.all([startOvsdbServer({ schema: 'nb' }), startOvsdbServer({ schema: 'sb' })]);
  fresh = await startOvsdbServer({ schema: 'nb' });
});
afterAll(async () => {
  await Promise.all([...servers, ...(fresh ? [fresh] : [])].map((server) => server.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

function berth(nb: OvsdbServer | undefined, ...argv: readonly string[]) {
  return berthWith('state', nb, ...argv);
}

/** The same with a state of another name. */
function berthWith(state: string, nb: OvsdbServer | undefined, ...argv: readonly string[]) {
  const ovn = [
    '--nb',
    `${nb?.remote}`,
    '--sb',
    `${servers[1]?.remote}`,
    '--state',
    path.join(scratch, state),
  ];
  const { status, stdout } = spawnSync(path.join(root, 'bin/berth'), [...argv, ...ovn], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: scratch },
  });
  return { status, stdout };
}

function missing(nb: OvsdbServer | undefined): readonly string[] {
  const { stdout } = berth(nb, 'status', '-o', 'json');
  return statusSchema.parse(JSON.parse(stdout)).missing.map(({ kind, name }) => `${kind}/${name}`);
}

test('an NB that has lost everything is not as asked for, and nobody is there to see to it', () => {
  berth(servers[0], 'apply', '-f', story, '--timeout', '200');
  expect(missing(servers[0])).toEqual([]);
  expect(berth(servers[0], 'status').stdout).toMatch(/^programmed +1 VPC, 1 floating IP$/m);
  expect(missing(fresh)).toEqual(expect.arrayContaining(['Vpc/vpc1', 'OvnFip/web', 'Subnet/external0']));
  const { status, stdout } = berth(fresh, 'status');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^controller +not running/m);
  expect(stdout).toMatch(/^programmed +0 of 1 VPC, 0 of 1 floating IP$/m);
  expect(stdout).toMatch(/^missing +ovn-fip\/web, .*no controller runs/m);
});

test('who has no objects is told what the rows say, by the names that they carry', () => {
  const { status, stdout } = berthWith('elsewhere', servers[0], 'status', '-o', 'json');
  const told = statusSchema.parse(JSON.parse(stdout));
  expect(told).toMatchObject({ toldBy: 'rows', missing: [], vpcs: [{ name: 'vpc1' }] });
  expect(told.floatingIps).toMatchObject([
    { name: 'web', externalIps: ['10.9.101.9'], target: { kind: 'Pod', name: 'web' }, works: null },
  ]);
  // northd has made nothing of this NB, so nobody can tell what becomes of packets.
  expect(status).toBe(2);
  const listed = berthWith('elsewhere', servers[0], 'get', 'fip,vpc', '-o', 'name');
  expect(listed).toEqual({ status: 0, stdout: 'ovn-fip/web\nvpc/vpc1\n' });
});

test('an API server that is away hides nothing of what the rows say, and it is said that it is away', () => {
  const kubeconfig = path.join(scratch, 'kubeconfig');
  writeKubeconfig(kubeconfig, 'https://127.0.0.1:1');
  const { status, stdout } = berth(servers[0], 'status', '--kubeconfig', kubeconfig, '-o', 'json');
  const told = statusSchema.parse(JSON.parse(stdout));
  expect(status).toBe(2);
  expect(told).toMatchObject({ toldBy: 'rows', vpcs: [{ name: 'vpc1' }], floatingIps: [{ name: 'web' }] });
  expect(told).toMatchObject({
    unreadable: expect.stringContaining('127.0.0.1:1'),
    controller: { running: null, epoch: 1 },
  });
  expect(told.lead?.name).toMatch(/^state\//);
});

test('what is told once an API server that hangs was given up is of then, and not of when it was first asked', async () => {
  const held: Socket[] = [];
  const silent = createServer((socket) => void held.push(socket.on('error', () => undefined)));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const kubeconfig = path.join(scratch, 'kubeconfig-silent');
  writeKubeconfig(kubeconfig, `https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const [nb, sb] = servers.map((each) => each.remote);
  const ovn = ['--nb', `${nb}`, '--sb', `${sb}`, '--state', path.join(scratch, 'state')];
  const program = spawn(
    path.join(root, 'bin/berth'),
    ['status', '--kubeconfig', kubeconfig, '-o', 'json', ...ovn],
    { env: { PATH: process.env['PATH'], HOME: scratch } },
  );
  const said = text(program.stdout);
  await expect.poll(() => held.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await setTimeout(3_000);
  const networks = (address: string) =>
    spawnSync('ovn-nbctl', [
      `--db=${nb}`,
      'set',
      'Logical_Router_Port',
      'vpc1-external0',
      `networks=${address}`,
    ]);
  networks('10.9.101.98/24');
  silent.close();
  for (const socket of held) socket.destroy();
  const told = statusSchema.parse(JSON.parse(await said));
  networks('10.9.101.10/24');
  expect(told).toMatchObject({ vpcs: [{ attachments: [{ addresses: ['10.9.101.98/24'] }] }] });
});

test('what somebody deleted or changed by hand is told, with the rows', () => {
  const [nb] = servers;
  const nbctl = (...argv: readonly string[]) =>
    spawnSync('ovn-nbctl', [`--db=${nb?.remote}`, ...argv], { encoding: 'utf8' });
  const told = () => {
    const { status, stdout } = berth(nb, 'status', '-o', 'json');
    const { findings, missing: lacking, otherwise } = statusSchema.parse(JSON.parse(stdout));
    const names = (refs: typeof lacking) => refs.map(({ kind, name }) => `${kind}/${name}`);
    return { status, missing: names(lacking), otherwise: names(otherwise), findings };
  };
  expect(nbctl('lrp-del', 'vpc1-external0').status).toBe(0);
  expect(told()).toMatchObject({ status: 1, missing: ['Vpc/vpc1'], otherwise: [] });
  expect(told().findings.map(({ message }) => message)).toContain(
    'NB lacks what it asks for: Logical_Router_Port vpc1-external0',
  );
  berth(nb, 'apply', '-f', story, '--timeout', '200');
  expect(
    nbctl(
      'set',
      'NAT',
      nbctl('--bare', '--columns=_uuid', 'find', 'NAT').stdout.trim(),
      'logical_ip=192.168.0.99',
    ).status,
  ).toBe(0);
  expect(told()).toMatchObject({ status: 1, missing: [], otherwise: ['OvnFip/web'] });
  // What is asked for is no address of anybody's before NB has it.
  nbctl(
    'set',
    'NAT',
    nbctl('--bare', '--columns=_uuid', 'find', 'NAT').stdout.trim(),
    'external_ip=10.9.101.30',
  );
  nbctl('set', 'Logical_Router_Port', 'vpc1-external0', 'networks=10.9.101.99/24');
  expect(statusSchema.parse(JSON.parse(berth(nb, 'status', '-o', 'json').stdout))).toMatchObject({
    vpcs: [{ attachments: [{ addresses: ['10.9.101.99/24'] }] }],
    floatingIps: [{ name: 'web', externalIps: ['10.9.101.30'] }],
  });
  berth(nb, 'apply', '-f', story, '--timeout', '200');
  // Another instance on the same OVN has a floating IP of that name.
  const marks = ['owner=blue', 'origin=ovn-fip/web'].map((mark) => `external_ids:berth.dev/${mark}`);
  const other = ['type=dnat_and_snat', 'external_ip=10.9.200.7', 'logical_ip=10.0.0.7', ...marks];
  const adding = [
    '--',
    '--id=@n',
    'create',
    'NAT',
    ...other,
    '--',
    'add',
    'Logical_Router',
    'blue',
    'nat',
    '@n',
  ];
  expect(nbctl('lr-add', 'blue', ...adding).status).toBe(0);
  expect(statusSchema.parse(JSON.parse(berth(nb, 'status', '-o', 'json').stdout)).floatingIps).toMatchObject([
    { name: 'web', externalIps: ['10.9.101.9'] },
  ]);
  expect(nbctl('lr-del', 'blue').status).toBe(0);
  nbctl('lr-nat-del', 'vpc1');
  expect(nbctl('lr-nat-add', 'vpc1', 'dnat_and_snat', '10.9.101.9', '192.168.0.4').status).toBe(0);
  expect(told()).toMatchObject({ status: 1, missing: ['OvnFip/web'] });
  expect(nbctl('lr-del', 'vpc1').status).toBe(0);
  expect(told().missing).toEqual(expect.arrayContaining(['Vpc/vpc1', 'OvnFip/web']));
});

test('a controller that nobody here can see is not said to be none', () => {
  const line = (state: string) => /^controller .*$/m.exec(berthWith(state, servers[0], 'status').stdout)?.[0];
  expect(line('state')).toMatch(/not running/);
  const nbctl = (...argv: readonly string[]) =>
    spawnSync('ovn-nbctl', [`--db=${servers[0]?.remote}`, ...argv], { encoding: 'utf8' }).stdout;
  const epoch = JSON.parse(nbctl('get', 'NB_Global', '.', 'external_ids:berth.dev/epoch'));
  nbctl('set', 'NB_Global', '.', `external_ids:berth.dev/lead="${epoch} cluster/7d1f"`);
  expect(line('elsewhere')).toMatch(/<unknown> .*neither database tells/);
  const unreached = spawnSync(
    path.join(root, 'bin/berth'),
    ['status', '--nb', 'tcp:127.0.0.1:1', '--sb', 'tcp:127.0.0.1:1', '--timeout', '2000'],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: scratch } },
  );
  expect(unreached.stdout).toMatch(/^controller +<unknown>/m);
});
