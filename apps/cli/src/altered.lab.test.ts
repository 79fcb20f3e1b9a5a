import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Lab } from '@berth/lab';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { environmentOf, folderOf, labIn, startController } from '../../../tests/support/own-lab.ts';
import { explanationSchema } from './schema/explanation.ts';
import { probeSchema } from './schema/probe.ts';
import { statusSchema } from './schema/status.ts';
import { berthHere as berth } from './testing/in-process.ts';

const root = path.join(import.meta.dirname, '../../..');
const [podNode, ...gateways] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const soon = { timeout: 60_000, interval: 500 };
let scratch = '';
let folder = '';

/** A second pod, on a node. */
const apiOn = (node: string | undefined): string => `apiVersion: v1
kind: Pod
metadata:
  namespace: default
  name: api
  annotations:
    ovn.kubernetes.io/logical_switch: vpc1-subnet1
    ovn.kubernetes.io/ip_address: 192.168.0.5
spec: { nodeName: ${node}, containers: [{ name: api, image: registry.k8s.io/pause }] }
`;

/** Variables by which commands here find the lab of this file; put back at its end. */
const before = new Map<string, string | undefined>();
let lab: Lab;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bx-'));
  folder = folderOf(scratch);
  cpSync(path.join(root, 'examples/01-field-story'), folder, { recursive: true });
  writeFileSync(path.join(folder, '06-api.yaml'), apiOn(podNode));
  for (const [name, value] of Object.entries(environmentOf(scratch))) {
    before.set(name, process.env[name]);
    process.env[name] = value;
  }
  lab = await labIn(scratch, 'altered', [podNode, ...gateways]);
});
beforeEach(async () => {
  await inCentral('ovn-nbctl --if-exists lr-route-del vpc1 192.168.0.4/32 || true');
  expect((await berth('apply', '-f', folder)).status).toBe(0);
});
afterAll(async () => {
  await lab.down();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(scratch, { recursive: true, force: true });
});

async function inCentral(line: string): Promise<void> {
  const { exitCode, stderr } = await lab.exec('central', ['bash', '-ec', line]);
  expect(exitCode, stderr).toBe(0);
}

/** Runs a line where ovn-nbctl is, with the row of the floating IP as `$row`. */
async function alter(line: string): Promise<void> {
  const row = 'row=$(ovn-nbctl --bare --columns=_uuid find NAT external_ip=10.9.101.9)';
  await inCentral(`${row}; ${line}; ovn-nbctl -t 10 --wait=hv sync`);
  // Where another gateway claims the port first, ovn-controller 23.03.1 may keep the flows of the former one until it works all out anew.
  const anew = ['bash', '-c', 'ovn-appctl -T 3 -t ovn-controller inc-engine/recompute || true'];
  await Promise.all(gateways.map((node) => lab.exec(node, anew)));
}

/** What is said of a floating IP, and what packets say. */
async function compared(target: string) {
  const { now, findings } = explanationSchema.parse(
    JSON.parse((await berth('explain', target, '-o', 'json')).stdout),
  );
  const { flows, answers } = probeSchema.parse(
    JSON.parse((await berth('probe', target, '-o', 'json')).stdout),
  );
  const inbound = now.addresses[0]?.inbound;
  return {
    told: { arrives: inbound?.outcome === 'delivered', at: inbound?.berth ?? null, why: inbound?.reason },
    seen: {
      arrives: flows.some(({ direction, received }) => direction === 'inbound' && received > 0),
      at: answers[0]?.node ?? null,
    },
    codes: findings.map(({ code }) => code),
  };
}

test.each<[string, string, string | null, string | null]>([
  ['leads to nobody', 'ovn-nbctl set NAT $row logical_ip=192.168.0.77', 'target-mismatch', podNode],
  ['has no MAC', 'ovn-nbctl clear NAT $row external_mac', null, gateways[0]],
  ['has a MAC that is none', 'ovn-nbctl set NAT $row external_mac=none', 'nat-ignored', gateways[0]],
  ['names a port that is not there', 'ovn-nbctl set NAT $row logical_port=none', 'workload-down', null],
  [
    'loses its port, centralized',
    'ovn-nbctl clear NAT $row external_mac; ovn-nbctl lsp-del web.default',
    'location-unknown',
    gateways[0],
  ],
  [
    'has its address hidden by a route',
    'ovn-nbctl lr-route-add vpc1 192.168.0.4/32 discard',
    'route-hides-subnet',
    podNode,
  ],
])('a floating IP that %s is told as packets find it', async (_, line, why, at) => {
  await alter(line);
  const { told, seen } = await compared('fip/web');
  expect(told).toEqual({ arrives: why === null, at, why });
  expect(seen).toEqual({ arrives: why === null, at });
});

/** The name that SB has for a node. */
async function chassisOf(node: string): Promise<string> {
  const schema = z.object({ nodes: z.array(z.object({ name: z.string(), chassis: z.string() })) });
  const { nodes } = schema.parse(JSON.parse((await berth('lab', 'status', '-o', 'json')).stdout));
  return nodes.find(({ name }) => name === node)?.chassis ?? '';
}

const central = 'ovn-nbctl clear NAT $row external_mac';
const cleared = 'ovn-nbctl clear Logical_Router_Port vpc1-external0 gateway_chassis';
const member = (chassis: string, priority: number): string =>
  `ovn-nbctl lrp-set-gateway-chassis vpc1-external0 ${chassis} ${priority}`;
/** Makes a group of chassis, the first of them with the highest priority. */
const group = (name: string, ...members: readonly string[]): string =>
  [
    `ovn-nbctl ha-chassis-group-add ${name}`,
    ...members.map((chassis, at) => `ovn-nbctl ha-chassis-group-add-chassis ${name} ${chassis} ${9 - at}`),
  ].join('; ');
/** The same, and sets it on the port. */
const grouped = (name: string, ...members: readonly string[]): string =>
  `${group(name, ...members)}; ovn-nbctl set Logical_Router_Port vpc1-external0 ha_chassis_group=$(ovn-nbctl --bare --columns=_uuid find HA_Chassis_Group name=${name})`;

type Members = Readonly<Record<'first' | 'second' | 'pod', string>>;
type Altered = readonly [
  what: string,
  lines: (of: Members) => readonly string[],
  why: string | null,
  at: string | null,
];

test.each<Altered>([
  // Before those after which gateways come back behind the others.
  ['a first member that is no chassis', () => [central, member('ghost', 300)], null, gateways[0]],
  ['priorities swapped', ({ second }) => [central, member(second, 200)], null, gateways[1]],
  [
    'its first member removed',
    ({ first }) => [central, `ovn-nbctl lrp-del-gateway-chassis vpc1-external0 ${first}`],
    null,
    gateways[1],
  ],
  ['no member that is a chassis', () => [central, cleared, member('ghost', 300)], 'no-gateway', null],
  ['no member that is a chassis, distributed', () => [cleared, member('ghost', 300)], null, podNode],
  ['a group beside its own members', ({ second }) => [central, grouped('g1', second)], null, gateways[1]],
  ['a group of the pod’s node alone', ({ pod }) => [central, cleared, grouped('g2', pod)], null, podNode],
  ['a group of two', ({ first, second }) => [central, grouped('g3', second, first)], null, gateways[1]],
  [
    // Set once: where both were set within a moment, the former went on answering in one run of many.
    'the second of two groups',
    ({ first, second }) => [central, group('g4', first), grouped('g5', second)],
    null,
    gateways[1],
  ],
  ['a group of nobody', () => [central, grouped('g6')], 'no-gateway', null],
  ['a group of nobody, distributed', () => [cleared, grouped('g7')], null, podNode],
])('a gateway port with %s is told as packets find it', async (_, lines, why, at) => {
  const [first, second, pod] = await Promise.all([...gateways, podNode].map(chassisOf));
  await alter(lines({ first: first ?? '', second: second ?? '', pod: pod ?? '' }).join('; '));
  try {
    // A gateway that gives its role away answers for a moment yet.
    const both = async () => {
      const { told, seen } = await compared('fip/web');
      return { told, seen };
    };
    const arrives = why === null;
    await expect.poll(both).toEqual({ told: { arrives, at, why }, seen: { arrives, at } });
  } finally {
    await alter('ovn-nbctl lrp-del-gateway-chassis vpc1-external0 ghost 2>/dev/null || true');
  }
});

test.each([
  ['distributed', cleared],
  ['centralized', `${central}; ${cleared}`],
])('of a gateway port that is one no more every node with a workload answers: %s', async (_, line) => {
  writeFileSync(path.join(folder, '06-api.yaml'), apiOn(gateways[1]));
  expect((await berth('apply', '-f', folder)).status).toBe(0);
  try {
    await alter(line);
    const { now, berth: told } = explanationSchema.parse(
      JSON.parse((await berth('explain', 'fip/web', '-o', 'json')).stdout),
    );
    expect(now.addresses[0]?.inbound).toMatchObject({ outcome: 'lost', reason: 'nat-ignored' });
    expect(told?.how).toBe('conflict');
    const { seen } = await compared('fip/web');
    expect(seen.arrives).toBe(false);
    expect(now.addresses[0]?.inbound?.conflict).toContain(seen.at);
    expect(now.addresses[0]?.inbound?.conflict.toSorted()).toEqual([podNode, gateways[1]].sort());
    expect((await berth('explain', 'fip/web')).stdout).toMatch(/^lives on +\S+ and \S+: both answer for it/m);
  } finally {
    writeFileSync(path.join(folder, '06-api.yaml'), apiOn(podNode));
  }
});

test('a floating IP that leads to another workload than asked says where', async () => {
  await alter(`${central}; ovn-nbctl set NAT $row logical_ip=192.168.0.5`);
  expect((await berth('explain', 'fip/web')).stdout.replaceAll(/\s+/g, ' ')).toContain(
    'it leads to 192.168.0.5 (api.default); NB is not as asked, though',
  );
});

const late = `apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: { name: late }
spec: { externalSubnet: external0, v4Ip: 10.9.101.40 }
---
apiVersion: kubeovn.io/v1
kind: OvnFip
metadata: { name: late }
spec: { ovnEip: late, ipName: api.default, type: centralized }
`;

const centralWeb = `apiVersion: kubeovn.io/v1
kind: OvnFip
metadata: { name: web }
spec: { ovnEip: web, ipName: web.default, type: centralized }
`;

/** The codes that a command tells, each with what it is about. */
async function codesOf(...argv: readonly string[]): Promise<readonly string[]> {
  const schema = z.object({
    findings: z.array(z.object({ code: z.string(), object: z.object({ name: z.string() }).optional() })),
  });
  return schema
    .parse(JSON.parse((await berth(...argv, '-o', 'json')).stdout))
    .findings.map(({ code, object }) => `${code} ${object?.name}`);
}

test('what comes to be while a gateway stands still is told dark by whoever looks, and a controller lights it elsewhere', async () => {
  writeFileSync(path.join(folder, '05-floating-ip.yaml'), centralWeb + eipOfWeb);
  expect((await berth('apply', '-f', folder)).status).toBe(0);
  const active = await activeGateway();
  const other = gateways.find((each) => each !== active) ?? '';
  // What is outside must be known before: a chassis that stands still learns of nobody.
  await expect
    .poll(async () => (await compared('fip/web')).seen, soon)
    .toEqual({ arrives: true, at: active });
  expect((await berth('lab', 'fail', `ovn-controller:${active}`)).status).toBe(0);
  writeFileSync(path.join(folder, '07-late.yaml'), late);
  const applied = await berth('apply', '-f', folder);
  expect(applied.stdout).toContain('ovn-fip/late created');
  expect(applied.stderr).toContain('node-frozen');
  expect((await berth('get', 'fip', 'late')).stdout).toContain('NodeFrozen');
  expect(await codesOf('status')).toEqual(
    expect.arrayContaining([`node-frozen ${active}`, 'node-frozen late']),
  );
  expect(await compared('fip/late')).toMatchObject({
    told: { arrives: false, at: null, why: 'node-frozen' },
    seen: { arrives: false, at: null },
  });
  expect(await compared('fip/web')).toMatchObject({
    told: { arrives: true, at: active },
    seen: { arrives: true, at: active },
  });
  expect((await berth('get', 'fip', 'web')).stdout).toContain('Programmed');
  const run = startController(scratch);
  try {
    await expect.poll(activeGateway, soon).toBe(other);
    for (const target of ['fip/late', 'fip/web']) {
      await expect
        .poll(async () => (await compared(target)).seen, soon)
        .toEqual({ arrives: true, at: other });
      expect((await compared(target)).told).toMatchObject({ arrives: true, at: other });
    }
    expect((await berth('get', 'fip', 'late')).stdout).toContain('Programmed');
    expect((await berth('lab', 'heal')).status).toBe(0);
    await expect.poll(() => codesOf('status'), soon).not.toContain(`node-frozen ${active}`);
    await expect
      .poll(async () => (await compared('fip/late')).seen, soon)
      .toEqual({ arrives: true, at: other });
  } finally {
    await ended(run);
  }
});

async function activeGateway(): Promise<string | null | undefined> {
  const [vpc] = statusSchema.parse(JSON.parse((await berth('status', '-o', 'json')).stdout)).vpcs;
  return vpc?.attachments[0]?.gateways.find((each) => each.active)?.node;
}

const eipOfWeb = `---
apiVersion: kubeovn.io/v1
kind: OvnEip
metadata: { name: web }
spec: { externalSubnet: external0, v4Ip: 10.9.101.9 }
`;

async function ended(child: ChildProcess): Promise<void> {
  const end = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGINT');
  await end;
}
