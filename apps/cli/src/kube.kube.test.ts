import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireKubePrograms } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';
import {
  type Ended,
  endProgram,
  kubeEnvironment,
  type Run,
  runProgram,
  startRun,
} from '../../../tests/support/run-program.ts';
import { labStatusSchema } from './schema/lab-status.ts';
import { planSchema } from './schema/plan.ts';
import { probeSchema } from './schema/probe.ts';
import { statusSchema } from './schema/status.ts';

const root = path.join(import.meta.dirname, '../../..');
const story = path.join(root, 'examples/01-field-story');
const podNode = 'vnode-103-176';
const gateways = ['vnode-103-177', 'vnode-117-46'];

let scratch = '';
let environment: NodeJS.ProcessEnv = {};
let running: Run | undefined;
let other: ChildProcess | undefined;

beforeAll(async () => {
  // Labs of this test are seen by this test alone. The path is short, as the lab's sockets need it.
  scratch = mkdtempSync(path.join(tmpdir(), 'bk-'));
  environment = kubeEnvironment(scratch);
  const up = await berth('lab', 'up', '--name', 'kube', '--kube', '--nodes', [podNode, ...gateways].join());
  expect(up).toMatchObject({ exitCode: 0, stdout: 'lab/kube up\n' });
  const { kubeconfig } = labStatusSchema.parse(await json('lab', 'status'));
  environment = { ...environment, KUBECONFIG: kubeconfig ?? '' };
});
afterAll(async () => {
  running?.child.kill('SIGKILL');
  other?.kill('SIGKILL');
  await berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...words: readonly string[]): Promise<Ended> {
  return runProgram(programFile('berth'), words, environment);
}

async function json(...words: readonly string[]): Promise<unknown> {
  return JSON.parse((await berth(...words, '-o', 'json')).stdout);
}

/** kubectl as the lab's administrator. */
async function kubectl(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(
    requireKubePrograms(environment).kubectl ?? 'kubectl',
    words,
    environment,
  );
  if (exitCode !== 0) throw new Error(`kubectl ${words.join(' ')}: ${stderr}`);
  return stdout;
}

/** What the floating IP shows, as `PLACEMENT BERTH`. */
async function shown(): Promise<string> {
  const { status = {} } = JSON.parse(await kubectl('get', 'ovn-fip', 'web', '-o', 'json'));
  return status.ready ? `${status.placement} ${status.berth}` : 'not ready';
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`did not come about: ${condition}`);
    await sleep(200);
  }
}

/** A `berth-controller` on the lab’s cluster and OVN, which answers webhooks where the lab’s API server asks. */
async function startController() {
  const { kubeconfig, admission, nb, sb } = labStatusSchema.parse(await json('lab', 'status'));
  const cluster = ['--kubeconfig', kubeconfig?.replace('admin', 'berth-controller') ?? ''];
  const listen = ['--listen', '127.0.0.1:0', '--admission-listen', admission ?? ''];
  const child = spawn(
    programFile('berth-controller'),
    [...cluster, '--nb', nb, '--sb', sb, ...listen, '--admission-names', '127.0.0.1'],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const logged: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => logged.push(part));
  return { child, logged: () => logged.join('') };
}

async function place(type: string): Promise<void> {
  await kubectl('patch', 'ovn-fip', 'web', '--type=merge', '-p', JSON.stringify({ spec: { type } }));
}

test('the field story by kubectl, with packets', async () => {
  running = startRun(['--kube'], environment);
  await kubectl('apply', '--server-side', '-f', story);
  await until(async () => (await shown()) === `distributed ${podNode}`);
  expect(probeSchema.parse(await json('probe', 'fip/web', '--kube'))).toMatchObject({ reachable: true });

  await place('centralized');
  const centralized = gateways.map((node) => `centralized ${node}`);
  await until(async () => centralized.includes(await shown()));
  const { floatingIps, controller: told } = statusSchema.parse(await json('status', '--kube'));
  expect(told).toMatchObject({ running: true, stopped: false });
  expect(floatingIps).toHaveLength(1);
  expect(planSchema.parse(await json('plan', '--kube')).changes).toEqual([]);

  await berth('lab', 'fail', gateways.map((node) => `host:${node}`).join());
  expect(probeSchema.parse(await json('probe', 'fip/web', '--kube'))).toMatchObject({ reachable: false });
  await berth('lab', 'heal');
  await until(async () => probeSchema.parse(await json('probe', 'fip/web', '--kube')).reachable);
});

test('what is wrong in itself is refused by the API server, what is wrong among others by a controller', async () => {
  const create = (name: string, v4Ip: string): Promise<string> => {
    const file = path.join(scratch, 'eip.json');
    const spec = { externalSubnet: 'external0', v4Ip };
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata: { name }, spec }),
    );
    return kubectl('create', '--dry-run=server', '-f', file).catch(String);
  };
  expect(running?.said()).toMatch(
    /^admission: berth run answers no webhooks, .*berth-controller --admission-listen/m,
  );
  expect(await create('wrong', '10.9.101')).toContain('bad-value: spec.v4Ip: "10.9.101"');
  const taken = await create('second', '10.9.101.9');
  expect(taken).toContain('created (server dry run)');
  const { admission } = labStatusSchema.parse(await json('lab', 'status'));
  expect(running?.said()).toContain(`berth-controller --admission-listen ${admission} answers them`);
  const webhooks = JSON.parse(
    await kubectl('get', 'validatingwebhookconfiguration', 'berth', '-o', 'json'),
  ).webhooks;
  for (const { clientConfig } of webhooks) expect(clientConfig.url).toMatch(`https://${admission}/`);
  expect(admission).not.toMatch(/:10669$/);
  const { child: judge, logged } = await startController();
  try {
    await expect
      .poll(async () => create('second', '10.9.101.9'), {
        timeout: 120_000,
        interval: 200,
      })
      .toContain('The OvnEip "second" is invalid: spec.v4Ip: address-taken: 10.9.101.9');
  } catch (fault) {
    throw new Error(`the controller that judges said: ${logged()}`, { cause: fault });
  } finally {
    judge.kill('SIGKILL');
  }
});

test('every agent reports to the cluster, and an uplink that one of them loses moves the gateway', async () => {
  const reports = async (): Promise<string> => kubectl('get', 'nodereports');
  await until(async () => (await reports()).split('\n').filter((line) => line.includes('Up')).length === 3);
  const centralized = gateways.map((node) => `centralized ${node}`);
  await until(async () => centralized.includes(await shown()));
  const moved = (await shown()).replace('centralized ', '');
  const other = gateways.find((node) => node !== moved) ?? '';
  expect(await berth('lab', 'fail', `uplink:${moved}`)).toMatchObject({ exitCode: 0 });
  await until(async () =>
    (await reports()).split('\n').some((line) => /Down/.test(line) && line.startsWith(moved)),
  );
  await until(async () => (await shown()) === `centralized ${other}`);
  await until(async () => probeSchema.parse(await json('probe', 'fip/web', '--kube')).reachable);
  await berth('lab', 'heal');
});

test('explain and get tell of the cluster’s objects', async () => {
  expect((await berth('get', 'fip', '-o', 'name', '--kube')).stdout).toBe('ovn-fip/web\n');
  // It is the lab's own cluster, so it is meant without the flag, too.
  expect((await berth('get', 'fip', '-o', 'name')).stdout).toBe('ovn-fip/web\n');
  expect((await berth('explain', 'fip/web')).stdout).toMatch(/^asked for +centralized/m);
  expect(await berth('get', 'fip', '--kubeconfig', '/nowhere')).toMatchObject({
    exitCode: 65,
    stderr: expect.stringContaining('/nowhere'),
  });
  expect(await berth('plan', '--kube', '-f', story)).toMatchObject({ exitCode: 64 });
});

test('a row of somebody else in the way is told everywhere: which it is, what it says, and what to do', async () => {
  const nbctl = (...words: readonly string[]) => berth('lab', 'exec', 'central', '--', 'ovn-nbctl', ...words);
  await nbctl('lr-nat-add', 'vpc1', 'dnat_and_snat', '10.9.101.77', '192.168.0.77');
  const file = path.join(scratch, 'second.json');
  const object = (kind: string, spec: object) => ({
    ...{ apiVersion: 'kubeovn.io/v1', kind, metadata: { name: 'second' }, spec },
  });
  const items = [
    object('OvnEip', { externalSubnet: 'external0', v4Ip: '10.9.101.77' }),
    object('OvnFip', { ovnEip: 'second', vpc: 'vpc1', v4Ip: '192.168.0.4' }),
  ];
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl('apply', '--server-side', '-f', file);
  const ready = async (): Promise<{ readonly reason?: string; readonly message?: string }> => {
    const { status } = JSON.parse(await kubectl('get', 'ovn-fip', 'second', '-o', 'json'));
    return status?.conditions?.find(({ type }: { type: string }) => type === 'Ready') ?? {};
  };
  await until(async () => (await ready()).reason === 'RowClash');
  const told = [
    (await ready()).message,
    await kubectl('describe', 'ovn-fip', 'second'),
    (await berth('status')).stdout,
    (await berth('explain', 'fip/second')).stdout,
    (await berth('explain', '10.9.101.77')).stdout,
  ].map((each) => each?.replaceAll(/\s+/g, ' '));
  for (const text of told) {
    expect(text).toMatch(
      /the NAT row vpc1 dnat_and_snat 10\.9\.101\.77 \([0-9a-f-]{36}\) was not made by Berth/,
    );
    expect(text).toContain('logical_ip=192.168.0.77 (asked for: 192.168.0.4)');
    expect(text).toContain(
      'it stays, as taking it over would interrupt traffic: ovn-fip/second 10.9.101.77, re-pointed: established connections end',
    );
    expect(text).toContain('have object and row say the same and adopt again');
    expect(text).not.toContain('lr-nat-del');
  }
  expect(told[2]).toMatch(/in the way ovn-fip\/second: rows of somebody else/);
  expect(told[2]).not.toContain('has not come to it');
  await nbctl('lr-nat-del', 'vpc1', 'dnat_and_snat', '10.9.101.77');
  await until(async () => (await ready()).reason === 'Programmed');
  await kubectl('delete', 'ovn-fip/second', 'ovn-eip/second');
});

test('a pod that OVN has no port of is told on the pod, holds up no other, and works once it has', async () => {
  const nbctl = (...words: readonly string[]) => berth('lab', 'exec', 'central', '--', 'ovn-nbctl', ...words);
  await nbctl('ls-add', 'inner');
  const inner = { vpc: 'vpc1', cidrBlock: '192.168.9.0/24', gateway: '192.168.9.1', protocol: 'IPv4' };
  const podIn = (name: string, subnet: string) => ({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, annotations: { 'ovn.kubernetes.io/logical_switch': subnet } },
    spec: { nodeName: podNode, containers: [{ name: 'c', image: 'c' }] },
  });
  const put = async (...items: readonly object[]): Promise<void> => {
    const file = path.join(scratch, 'pods.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await kubectl('apply', '--server-side', '-f', file);
  };
  const told = async (): Promise<readonly string[]> => {
    const { items } = JSON.parse(
      await kubectl('get', 'events.v1.events.k8s.io', '--sort-by=.eventTime', '-o', 'json'),
    );
    return items
      .filter(({ regarding: { name } }: { regarding: { name: string } }) => name === 'bad')
      .map(({ type, reason, note }: Readonly<Record<string, string>>) => `${type} ${reason} ${note}`);
  };
  const reaches = async (pod: string, address: string): Promise<boolean> =>
    (await berth('lab', 'exec', `default/${pod}`, '--', 'ping', '-c1', '-W1', address)).exitCode === 0;
  const subnet = { apiVersion: 'kubeovn.io/v1', kind: 'Subnet', metadata: { name: 'inner' }, spec: inner };
  await put(subnet, podIn('bad', 'inner'));
  await until(async () => (await told()).length > 0);
  expect(await told()).toEqual([expect.stringMatching(/^Warning PodUnattached .* its port bad\.default;/)]);
  await put(podIn('good', 'vpc1-subnet1'));
  await until(() => reaches('good', '192.168.0.1'));
  await nbctl('ls-del', 'inner');
  await until(() => reaches('bad', '192.168.9.1'));
  await until(async () => (await told()).length > 1);
  expect((await told()).slice(1)).toEqual(['Normal Solved PodUnattached: it is solved']);
  await kubectl('delete', 'pod', 'bad', 'good', '--timeout=60s');
  await kubectl('delete', 'subnet', 'inner');
});

test('kubectl describe tells what happened, and a deleted floating IP is gone', async () => {
  const described = await kubectl('describe', 'ovn-fip', 'web');
  expect(described).toContain(`distributed: ${podNode} answers`);
  expect(described).toMatch(/centralized: vnode-\S+ answers/);
  await kubectl('delete', 'ovn-fip', 'web');
  expect(statusSchema.parse(await json('status')).floatingIps).toEqual([]);
});

test('a pod that is deleted goes by itself once its network is gone', async () => {
  await kubectl('delete', 'pod', 'web', '--timeout=40s');
  expect(await kubectl('get', 'pods', '-o', 'name')).toBe('');
  await until(async () => (await kubectl('get', 'ips', '-o', 'name')) === '');
});

test('beside a berth-controller that leads, berth run plays the lab: pods are attached, work, and go', async () => {
  const { child, logged } = await startController();
  other = child;
  await until(async () => logged().includes('"msg":"standing by"'));
  if (running) await endProgram(running.child);
  await until(async () => logged().includes('"msg":"leading"'));
  running = startRun(['--kube'], environment);
  await until(async () =>
    (running?.said() ?? '').includes('this one plays agents and kubelets of lab/kube meanwhile'),
  );
  await kubectl('apply', '--server-side', '-f', story);
  await until(async () => (await shown()) === `distributed ${podNode}`);
  expect(probeSchema.parse(await json('probe', 'fip/web', '--kube'))).toMatchObject({ reachable: true });
  await kubectl('delete', 'ovn-fip', 'web');
  await kubectl('delete', 'pod', 'web', '--timeout=60s');
  // A second one leaves the nodes to the first.
  const second = startRun(['--kube'], environment);
  await until(async () => second.said().includes('another berth run plays agents and kubelets of lab/kube'));
  await endProgram(second.child);
  // It takes the lead when it is free.
  await endProgram(other);
  await until(async () => (running?.said() ?? '').includes('watching the cluster'));
});

test('SIGTERM lets go of the lead; lab down ends the API server', async () => {
  if (running) await endProgram(running.child);
  const lease = JSON.parse(
    await kubectl('-n', 'kube-system', 'get', 'lease', 'berth-controller', '-o', 'json'),
  );
  expect(lease.spec.holderIdentity).toBe('');
  expect(await berth('lab', 'down')).toMatchObject({ exitCode: 0 });
  await expect(kubectl('get', 'nodes')).rejects.toThrow();
});
