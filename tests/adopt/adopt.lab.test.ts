import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labUp, type ProbeFlow, Prober, sentinelsOf } from '@berth/lab';
import { type Operation, openDatabase, type Snapshot } from '@berth/ovsdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFile } from '../support/programs.ts';
import { type ChassisOf, KubeOvnNb } from './kube-ovn-nb.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';
import { changesAround, watchChanges } from './lab-changes.ts';
import { severalVpcs } from './shape/several-vpcs.ts';
import { twoNetworks } from './shape/two-networks.ts';

const nodes = ['node-1', 'node-2', 'node-3'];

/** How long a packet may be away. */
const intervalMs = 10;

/** A network that Kube-OVN made: its objects, its rows, and packets in it. */
type Network = {
  readonly folder: string;
  readonly rows: (chassisOf: ChassisOf) => readonly Operation[];
  readonly flows: readonly ProbeFlow[];
};

/** The router's side of a subnet as some write it: with the router's own MAC and address. */
const explicitRouter: Operation = {
  ...{ op: 'update', table: 'Logical_Switch_Port', where: [['name', '==', 'vpc1-subnet1-vpc1']] },
  row: { addresses: new Set(['6e:12:34:56:78:9a 192.168.0.1']) },
};

/**
 * Distributed both ways, and through the gateway: `db` has no floating IP, leaves by SNAT, and is reached by a forwarded port, whose
 * connections are new ones each time.
 */
const small: Network = {
  folder: path.join(import.meta.dirname, 'cluster'),
  rows: (chassisOf) => [...kubeOvnRows(chassisOf), explicitRouter],
  flows: flows(
    'outside 10.9.101.12 2222',
    'outside 10.9.101.9',
    'outside 10.9.101.10',
    'default/web 10.9.101.1',
    'default/db 10.9.101.1',
  ),
};

let scratch = '';
let lab: Lab;
let prober: Prober;

beforeAll(async () => {
  // The path is short, as the lab's sockets need it.
  scratch = mkdtempSync(path.join(tmpdir(), 'ba-'));
  const previous = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = scratch;
  lab = await labUp({ name: 'adopt', nodes, attached: true });
  if (previous === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = previous;
  prober = new Prober(lab);
});
afterAll(async () => {
  await prober?.[Symbol.asyncDispose]();
  await lab?.down();
  rmSync(scratch, { recursive: true, force: true });
});

function flows(...keys: readonly string[]): readonly ProbeFlow[] {
  return keys.map((key) => {
    const [from = '', to = '', port] = key.split(' ');
    return { key, from, to, ...(port !== undefined && { port: Number(port) }) };
  });
}

/** That what is predicted of the loss of the active gateway is what packets do, whoever made the rows. */
async function expectTruth(): Promise<void> {
  const { summary } = JSON.parse(
    await berth(undefined, 'drill', '--fail', 'host:node-3', '--without-controller', '-o', 'json'),
  );
  expect(summary).toMatchObject({ disagree: 0 });
  expect(summary.agree).toBeGreaterThan(5);
}

async function berth(folder: string | undefined, ...argv: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch, XDG_STATE_HOME: scratch };
  const child = spawn(programFile('berth'), [...argv, ...(folder === undefined ? [] : ['-f', folder])], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (exitCode !== 0) throw new Error(`berth ${argv.join(' ')}: exit code ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

/** The whole NB replaced at one stroke. */
async function replaceNb(rows: readonly Operation[]): Promise<void> {
  await using nb = await openDatabase({ remotes: [lab.nbRemote], database: 'OVN_Northbound' });
  const tables = ['Logical_Router', 'Logical_Switch', 'Load_Balancer', 'BFD', 'Port_Group'];
  tables.push('Address_Set', 'DHCP_Options');
  await nb.transact([...tables.map((table) => ({ op: 'delete', table, where: [] }) as const), ...rows]);
}

/** Bridges, pods and their ends of their ports, which are the same whoever writes NB, and then NB as Kube-OVN would have written it. */
async function asKubeOvnLeavesIt({ folder, rows, flows: watched }: Network): Promise<void> {
  const chassis = new Map(lab.plan.nodes.map((node) => [node.name, node.systemId]));
  await replaceNb([]);
  await berth(folder, 'apply', '--state', mkdtempSync(path.join(scratch, 'first-')));
  await replaceNb(rows((node) => chassis.get(node) ?? ''));
  for (let tries = 0; tries < 60; tries++) {
    // Until OVN has followed, the router that was there before answers for its addresses.
    await prober.flush();
    const burst = await prober.burst({ flows: watched, count: 2, intervalMs: 100 });
    if (watched.every(({ key }) => burst.flows.get(key)?.received === 2)) break;
    if (tries === 59) throw new Error(JSON.stringify([...burst.flows]));
  }
  await untilCalm(watched);
}

/** Waits until BFD between the gateways has settled who is active: nothing is lost for a second and a half. */
async function untilCalm(watched: readonly ProbeFlow[]): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    await prober.start(watched, intervalMs, sentinelsOf(lab.plan));
    await sleep(1_500);
    if ([...(await prober.stop()).values()].every(({ lost }) => lost === 0)) return;
  }
  throw new Error('packets are lost before anything is taken over');
}

/**
 * What each flow lost while something happened, and a moment after: packets that were sent while, or soon after, anything changed in how a lab forwards
 * them. What is lost while nothing changes is the machine's loss.
 */
async function lostDuring(
  { flows: watched }: Network,
  happens: () => Promise<unknown>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const watching = await watchChanges(lab);
  await prober.start(watched, intervalMs, sentinelsOf(lab.plan));
  await sleep(300);
  await happens();
  await sleep(1_500);
  const seen = await prober.stop();
  const changes = await watching.stop();
  for (const { sent } of seen.values()) expect(sent).toBeGreaterThan(100);
  // Taking over and giving back change flows everywhere, so whoever notes none is deaf.
  const heard = new Set(changes.map(({ where }) => where));
  expect(nodes.filter((node) => !heard.has(node))).toEqual([]);
  return Object.fromEntries(
    [...seen].map(([key, { lostAtMs }]) => [
      key,
      lostAtMs.flatMap((atMs) => {
        const nearest = changesAround(atMs, changes).slice(0, 3);
        const around = nearest.map((each) => `${each.atMs - atMs} ms ${each.where} ${each.what}`);
        return around.length > 0 ? [`lost at ${atMs}; ${around.join('; ')}`] : [];
      }),
    ]),
  );
}

/** Takes a network over and gives it back; `look` is called before, between and after. */
async function takenOverAndBack(network: Network, look = async (): Promise<void> => {}): Promise<void> {
  const { folder } = network;
  await asKubeOvnLeavesIt(network);
  await look();
  const nothing = Object.fromEntries(network.flows.map(({ key }) => [key, []]));
  const state = ['--state', mkdtempSync(path.join(scratch, 'state-'))];
  expect(await lostDuring(network, () => berth(folder, 'adopt', '--yes', ...state))).toEqual(nothing);
  expect(await berth(folder, 'plan', ...state)).toContain('nothing to do');
  await look();
  expect(await lostDuring(network, () => berth(folder, 'adopt', '--undo', '--yes', ...state))).toEqual(
    nothing,
  );
  await look();
}

/** Every row of NB but the global one, as text. */
async function contents(): Promise<readonly string[]> {
  await using nb = await openDatabase({ remotes: [lab.nbRemote], database: 'OVN_Northbound' });
  const snapshot: Snapshot = (await nb.monitor({ tables: 'all' })).snapshot();
  return snapshot.tableNames
    .filter((table) => table !== 'NB_Global')
    .flatMap((table) => [...snapshot.table(table)].map((row) => `${table} ${JSON.stringify(row, plain)}`))
    .sort();
}

/** What northd writes into NB is not told: whether a port is up. */
function plain(key: string, value: unknown): unknown {
  if (key === 'up' || key === 'hosting-chassis') return undefined;
  if (value instanceof Map)
    return [...value]
      .filter(([name]) => name !== 'hosting-chassis')
      .map((entry) => JSON.stringify(entry))
      .sort();
  return value instanceof Set ? [...value].sort() : value;
}

/** A controller at work for so long, which is told to stop then. */
async function atWork(folder: string, state: readonly string[], forMs: number): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch, XDG_STATE_HOME: scratch };
  const child = spawn(programFile('berth'), ['run', '-f', folder, ...state], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  await sleep(forMs);
  child.kill('SIGTERM');
  const exitCode = await ended;
  if (exitCode !== 0 && exitCode !== 130) throw new Error(`berth run: exit code ${exitCode}: ${await said}`);
}

test('no packet is lost while rows are taken over, nor while they are given back, and predictions hold all the way', async () => {
  await takenOverAndBack(small, expectTruth);
});

test('nor on two external networks, of both address families', async () => {
  const folder = path.join(scratch, 'two-networks');
  mkdirSync(folder);
  const { objects, write } = twoNetworks;
  writeFileSync(path.join(folder, 'all.yaml'), objects.map((each) => JSON.stringify(each)).join('\n---\n'));
  const inward = ['10.9.101.9', 'fd00:101::9', '10.9.102.9'].map((to) => `outside ${to}`);
  const outward = ['10.9.101.1', 'fd00:101::1', '10.9.102.1'].flatMap((to) => [
    `default/web ${to}`,
    `default/app ${to}`,
  ]);
  await takenOverAndBack({
    folder,
    rows: (chassisOf) => {
      const nb = new KubeOvnNb(chassisOf);
      write(nb);
      return nb.operations();
    },
    flows: flows(...inward, ...outward),
  });
});

test('nor with a controller at work in between, on several VPCs; all rows are afterwards as they were, to the letter', async () => {
  const folder = path.join(scratch, 'several-vpcs');
  mkdirSync(folder);
  const { objects, write } = severalVpcs;
  writeFileSync(path.join(folder, 'all.yaml'), objects.map((each) => JSON.stringify(each)).join('\n---\n'));
  const inward = ['10.9.101.9', '10.9.101.10', '10.9.101.14', '10.9.102.9'].map((to) => `outside ${to}`);
  const outward = ['web 10.9.101.1', 'api 10.9.101.1', 'db 10.9.101.1', 'two 10.9.102.1'];
  const network: Network = {
    folder,
    rows: (chassisOf) => {
      const nb = new KubeOvnNb(chassisOf);
      write(nb);
      return nb.operations();
    },
    flows: flows(...inward, ...outward.map((each) => `default/${each}`)),
  };
  await asKubeOvnLeavesIt(network);
  const before = await contents();
  const nothing = Object.fromEntries(network.flows.map(({ key }) => [key, []]));
  const state = ['--state', mkdtempSync(path.join(scratch, 'state-'))];
  expect(await lostDuring(network, () => berth(folder, 'adopt', '--yes', ...state))).toEqual(nothing);
  expect(await lostDuring(network, () => atWork(folder, state, 12_000))).toEqual(nothing);
  // Its agents have bound witnesses.
  expect((await contents()).some((row) => row.includes('"name":"bw-'))).toBe(true);
  expect(await lostDuring(network, () => berth(folder, 'adopt', '--undo', '--yes', ...state))).toEqual(
    nothing,
  );
  expect(await contents()).toEqual(before);
});
