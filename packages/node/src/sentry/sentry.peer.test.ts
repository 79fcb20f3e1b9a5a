import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeOrder } from '@berth/api';
import { openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { folderAgentBoard, folderNodeBoard, type NodeBoard } from '@berth/source';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { idOf, rootOf, textOf } from '../ovs/row.ts';
import { FakeHost } from '../testing/fake-host.ts';
import { testMetadata } from '../testing/resources.ts';
import { nodeSentry, type Sentry } from './sentry.ts';

let server: OvsdbServer;
let db: NodeDatabase;
let folder: string;
let board: NodeBoard;
const open: Sentry[] = [];
const faults: unknown[] = [];

beforeEach(async () => {
  server = await startOvsdbServer({ schema: 'vswitch' });
  folder = await mkdtemp(join(tmpdir(), 'berth-sentry-'));
  board = folderNodeBoard({ stateFolder: folder });
  faults.length = 0;
});

afterEach(async () => {
  for (const sentry of open.splice(0)) await sentry.close();
  await board[Symbol.asyncDispose]();
  await db.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** A node with an integration bridge, and no daemon but its database. */
async function prepare(ids: Readonly<Record<string, string>> = {}): Promise<void> {
  await using database = await openDatabase({ remotes: [server.remote], database: 'Open_vSwitch' });
  const external_ids = new Map(Object.entries(ids));
  await database.transact([
    { op: 'insert', table: 'Bridge', uuidName: 'bridge', row: { name: 'br-int' } },
    { op: 'insert', table: 'Open_vSwitch', row: { bridges: new Set(['bridge']), external_ids } },
  ]);
  db = await openNodeDatabase(server.remote);
}

async function begin(agent: string, rivalPatienceMs = 60_000, voidPatienceMs = 0): Promise<Sentry> {
  const sentry = await nodeSentry({
    host: new FakeHost('n1', server.remote, []),
    instance: 'default',
    board: folderAgentBoard({ stateFolder: folder, node: 'n1' }),
    memoryFile: join(folder, 'memory.json'),
    agent,
    now: () => '2026-01-01T00:00:00Z',
    onFault: (fault) => faults.push(fault),
    heartbeatMs: 50,
    rivalPatienceMs,
    voidPatienceMs,
  });
  open.push(sentry);
  return sentry;
}

async function order(epoch: number, ...ports: readonly string[]): Promise<void> {
  const witnesses = ports.map((port) => ({ port }));
  const spec = {
    epoch,
    revision: `${epoch}/${ports.join()}`,
    probes: [],
    addresses: [],
    witnesses,
    fences: [],
  };
  const given: NodeOrder = {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'NodeOrder',
    metadata: testMetadata('n1'),
    spec,
  };
  await board.order([given]);
}

const statusOf = async () => (await board.reports())[0]?.status;

function witnesses(): readonly string[] {
  return [...db.snapshot().table('Interface')].flatMap((row) => idOf(row, 'iface-id') ?? []).sort();
}

describe('an order', () => {
  test('is carried out, changed and taken back, and the report says which one was', async () => {
    await prepare();
    await begin('a');
    await order(1, 'w1', 'w2');
    await expect.poll(witnesses).toEqual(['w1', 'w2']);
    for (const row of db.snapshot().table('Interface')) expect(textOf(row, 'type')).toBe('internal');
    await order(1, 'w2');
    await expect.poll(witnesses).toEqual(['w2']);
    await expect.poll(async () => (await statusOf())?.orderRevision).toBe('1/w2');
    await order(1);
    await expect.poll(witnesses).toEqual([]);
  });

  test('of an earlier controller is void, also for the next process', async () => {
    await prepare();
    const first = await begin('a');
    await order(5, 'w1');
    await expect.poll(witnesses).toEqual(['w1']);
    await expect.poll(() => readFile(join(folder, 'memory.json'), 'utf8').catch(() => '')).toContain('5/w1');
    await order(4, 'w2');
    await expect.poll(() => faults).toContainEqual(expect.objectContaining({ code: 'order-behind' }));
    await first.close();
    faults.length = 0;
    await begin('b');
    await expect.poll(() => faults).toContainEqual(expect.objectContaining({ code: 'order-behind' }));
    expect(witnesses()).toEqual(['w1']);
    await order(6, 'w2');
    await expect.poll(witnesses).toEqual(['w2']);
  });

  test('of an earlier controller is not told of where the next one follows in a moment', async () => {
    await prepare();
    const first = await begin('a');
    await order(5, 'w1');
    await expect.poll(witnesses).toEqual(['w1']);
    await expect.poll(() => readFile(join(folder, 'memory.json'), 'utf8').catch(() => '')).toContain('5/w1');
    await first.close();
    await order(4, 'w2');
    await begin('b', 60_000, 60_000);
    await expect.poll(statusOf).toMatchObject({ agent: 'b' });
    await order(6, 'w2');
    await expect.poll(witnesses).toEqual(['w2']);
    expect(faults).not.toContainEqual(expect.objectContaining({ code: 'order-behind' }));
  });

  test('that is gone, or that nobody can read, leaves the last one in force', async () => {
    await prepare();
    await begin('a');
    await order(1, 'w1');
    await expect.poll(witnesses).toEqual(['w1']);
    await writeFile(join(folder, 'nodes/n1/order.json'), '{"half');
    await board.order([]);
    const { sequence = 0 } = (await statusOf()) ?? {};
    await expect.poll(async () => (await statusOf())?.sequence).toBeGreaterThan(sequence + 3);
    expect(witnesses()).toEqual(['w1']);
    expect((await statusOf())?.orderRevision).toBe('1/w1');
  });
});

test.each([
  ['is set where the user left it open', {}, '2000'],
  ['stays as the user set it', { 'ovn-ofctrl-wait-before-clear': '8000' }, '8000'],
])('how long a new ovn-controller keeps old flows %s', async (_, ids, expected) => {
  await prepare(ids);
  await begin('a');
  await order(1, 'w1');
  await expect.poll(witnesses).toEqual(['w1']);
  const root = rootOf(db.snapshot());
  expect(root && idOf(root, 'ovn-ofctrl-wait-before-clear')).toBe(expected);
});

test('of two agents the younger has the node; the older acts again when that one is silent', async () => {
  await prepare();
  // Longer than any stall in which the younger could seem silent.
  const older = await begin('a', 8_000);
  await order(1, 'w1');
  await expect.poll(witnesses).toEqual(['w1']);
  await expect.poll(async () => (await statusOf())?.agent).toBe('a');
  const younger = await begin('b');
  await expect.poll(() => older.hasRival).toBe(true);
  expect(faults).toContainEqual(
    expect.objectContaining({ code: 'another-agent', message: expect.stringContaining('node n1') }),
  );
  await order(1, 'w2');
  await expect.poll(witnesses).toEqual(['w2']);
  expect([older.hasRival, younger.hasRival]).toEqual([true, false]);
  await younger.close();
  await expect.poll(() => older.hasRival).toBe(false);
  await order(1, 'w3');
  await expect.poll(witnesses).toEqual(['w3']);
});

test('memory that cannot be written is told of, and the order is carried out all the same', async () => {
  await prepare();
  const sentry = await nodeSentry({
    host: new FakeHost('n1', server.remote, []),
    instance: 'default',
    board: folderAgentBoard({ stateFolder: folder, node: 'n1' }),
    memoryFile: '/dev/null/memory.json',
    agent: 'a',
    now: () => '2026-01-01T00:00:00Z',
    onFault: (fault) => faults.push(fault),
  });
  open.push(sentry);
  await order(1, 'w1');
  await expect.poll(witnesses).toEqual(['w1']);
  expect(faults).toContainEqual(expect.objectContaining({ code: 'memory-unusable', retry: 'backoff' }));
});
