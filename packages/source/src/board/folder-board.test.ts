import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metadata, NodeOrder, NodeReport } from '@berth/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentBoard, NodeBoard } from './board.ts';
import { folderAgentBoard, folderNodeBoard } from './folder-board.ts';

let stateFolder: string;
let controller: NodeBoard;
let agent: AgentBoard;

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'berth-board-'));
  controller = folderNodeBoard({ stateFolder });
  agent = folderAgentBoard({ stateFolder, node: 'n1' });
});

afterEach(async () => {
  await controller[Symbol.asyncDispose]();
  await agent[Symbol.asyncDispose]();
  await rm(stateFolder, { recursive: true });
});

function metadata(name: string): Metadata {
  return { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
}

function order(node: string, revision: string): NodeOrder {
  const spec = { epoch: 1, revision, probes: [], addresses: [], witnesses: [], fences: [] };
  return { apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'NodeOrder', metadata: metadata(node), spec };
}

function report(sequence: number): NodeReport {
  const status = { agent: 'a', sequence, time: '2026-01-01T00:00:00Z' };
  return { apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'NodeReport', metadata: metadata('n1'), status };
}

test('there is nothing before anybody wrote anything', async () => {
  expect(await controller.reports()).toEqual([]);
  expect(await agent.order()).toBeUndefined();
  expect(await agent.reported()).toBeUndefined();
});

test('orders reach their node, and reports the controller', async () => {
  await controller.order([order('n1', 'a'), order('n2', 'b')]);
  expect(await agent.order()).toEqual(order('n1', 'a'));
  await agent.report(report(1));
  expect(await agent.reported()).toEqual(report(1));
  expect(await controller.reports()).toEqual([report(1)]);
});

test('an order that is there is not written again, and one that is not given any more goes', async () => {
  await controller.order([order('n1', 'a'), order('n2', 'a')]);
  const file = join(stateFolder, 'nodes/n1/order.json');
  const { ino } = await stat(file);
  await controller.order([order('n1', 'a')]);
  expect((await stat(file)).ino).toBe(ino);
  await controller.order([order('n1', 'b')]);
  expect((await stat(file)).ino).not.toBe(ino);
  expect(await readdir(join(stateFolder, 'nodes/n2'))).toEqual([]);
});

test('an agent goes by its last order while there is none that can be read', async () => {
  await controller.order([order('n1', 'a')]);
  await agent.order();
  await writeFile(join(stateFolder, 'nodes/n1/order.json'), '{');
  expect(await agent.order()).toEqual(order('n1', 'a'));
  await controller.order([]);
  expect(await agent.order()).toEqual(order('n1', 'a'));
});

test.each([
  ['is cut short', (text: string) => text.slice(0, 60)],
  ['lacks a field', (text: string) => text.replace('"sequence"', '"other"')],
  ['is of another node', (text: string) => text.replace('"name": "n1"', '"name": "n2"')],
  ['is of another kind', (text: string) => text.replace('NodeReport', 'NodeOrder')],
])('a report that %s is left out, the others are not', async (_, spoil) => {
  await agent.report(report(1));
  const file = join(stateFolder, 'nodes/n1/report.json');
  const text = await readFile(file, 'utf8');
  await mkdir(join(stateFolder, 'nodes/n3'));
  await writeFile(join(stateFolder, 'nodes/n3/report.json'), text.replace('"name": "n1"', '"name": "n3"'));
  await writeFile(file, spoil(text));
  expect((await controller.reports()).map((each) => each.metadata.name)).toEqual(['n3']);
});

test('changes are told to both sides, of nodes that were not there before too', async () => {
  const heard = { reports: 0, orders: 0 };
  const never = { debounceMs: 5, pollMs: 1_000_000 };
  const quietController = folderNodeBoard({ stateFolder, watch: never });
  const quietAgent = folderAgentBoard({ stateFolder, node: 'n1', watch: never });
  using _reports = quietController.watch(() => heard.reports++);
  using _orders = quietAgent.watch(() => heard.orders++);
  await quietController.order([order('n1', 'a')]);
  await expect.poll(() => heard.orders).toBeGreaterThan(0);
  await agent.report(report(1));
  await expect.poll(() => heard.reports).toBeGreaterThan(0);
  const before = { ...heard };
  await agent.report(report(2));
  await expect.poll(() => heard.reports).toBeGreaterThan(before.reports);
  await quietController.order([order('n1', 'b')]);
  await expect.poll(() => heard.orders).toBeGreaterThan(before.orders);
  await quietController[Symbol.asyncDispose]();
  await quietAgent[Symbol.asyncDispose]();
});

test('what no event tells is looked at now and then', async () => {
  let heard = 0;
  const polling = folderNodeBoard({ stateFolder, watch: { debounceMs: 1, pollMs: 5 } });
  using _watch = polling.watch(() => heard++);
  await expect.poll(() => heard).toBeGreaterThan(3);
  await polling[Symbol.asyncDispose]();
});

test('a state that cannot be written is a fault that says where', async () => {
  await writeFile(join(stateFolder, 'nodes'), 'no folder');
  await expect(agent.report(report(1))).rejects.toMatchObject({
    code: 'state-unwritable',
    message: expect.stringContaining(join(stateFolder, 'nodes/n1/report.json')),
  });
});
