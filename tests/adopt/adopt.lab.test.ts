import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labUp, Prober } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const root = path.join(import.meta.dirname, '../..');
const cluster = path.join(import.meta.dirname, 'cluster');
const nodes = ['node-1', 'node-2', 'node-3'];

/** How long a packet may be away. */
const intervalMs = 10;
const upstream = '10.9.101.1';

/** Distributed both ways, and through the gateway: `db` has no floating IP, and leaves by SNAT. */
const flows = [
  { key: 'web in', from: 'outside', to: '10.9.101.9' },
  { key: 'api in', from: 'outside', to: '10.9.101.10' },
  { key: 'web out', from: 'default/web', to: upstream },
  { key: 'db out', from: 'default/db', to: upstream },
];

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
  // Bridges, and the pods' ends of their ports, which are the same whoever writes NB.
  await berth('apply', '--state', path.join(scratch, 'first'));
  await asKubeOvnLeavesIt();
  await prober.flush();
  await untilAllAnswer();
});
afterAll(async () => {
  await prober?.[Symbol.asyncDispose]();
  await lab?.down();
  rmSync(scratch, { recursive: true, force: true });
});

async function berth(...argv: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: scratch, XDG_RUNTIME_DIR: scratch, XDG_STATE_HOME: scratch };
  const child = spawn(path.join(root, 'bin/berth'), [...argv, '-f', cluster], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (exitCode !== 0) throw new Error(`berth ${argv.join(' ')}: exit code ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

/** The whole NB replaced at one stroke by what Kube-OVN would have written. */
async function asKubeOvnLeavesIt(): Promise<void> {
  const chassis = new Map(lab.plan.nodes.map((node) => [node.name, node.systemId]));
  await using nb = await openDatabase({ remotes: [lab.nbRemote], database: 'OVN_Northbound' });
  const tables = ['Logical_Router', 'Logical_Switch', 'Load_Balancer'];
  await nb.transact([
    ...tables.map((table) => ({ op: 'delete', table, where: [] }) as const),
    ...kubeOvnRows((node) => chassis.get(node) ?? ''),
  ]);
}

async function untilAllAnswer(): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const burst = await prober.burst({ flows, count: 2, intervalMs: 100 });
    if (flows.every(({ key }) => burst.flows.get(key)?.received === 2)) break;
    if (tries === 59) throw new Error(JSON.stringify([...burst.flows]));
  }
  // BFD between the gateways, and who is active.
  await sleep(1_500);
}

/** What each flow lost while something happened, and a moment after. */
async function lostDuring(happens: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  await prober.start(flows, intervalMs);
  await sleep(300);
  await happens();
  await sleep(1_500);
  const watched = await prober.stop();
  for (const { sent } of watched.values()) expect(sent).toBeGreaterThan(150);
  return Object.fromEntries([...watched].map(([key, { lost }]) => [key, lost]));
}

const nothing = { 'web in': 0, 'api in': 0, 'web out': 0, 'db out': 0 };

test('no packet is lost while rows are taken over, nor while they are given back', async () => {
  expect(await lostDuring(() => berth('adopt', '--yes'))).toEqual(nothing);
  expect(await berth('plan')).toContain('nothing to do');
  expect(await lostDuring(() => berth('adopt', '--undo', '--yes'))).toEqual(nothing);
});
