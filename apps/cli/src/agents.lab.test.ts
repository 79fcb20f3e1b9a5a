import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeReport } from '@berth/api';
import { folderNodeBoard } from '@berth/source';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';

const root = path.join(import.meta.dirname, '../../..');
const berthProgram = programFile('berth');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const [node, other] = nodes;
/** A child that takes long to say so is a failure; nothing is measured. */
const soon = { timeout: 60_000, interval: 50 };

let scratch = '';
let environment: NodeJS.ProcessEnv = {};
let run: ChildProcess;
let board: ReturnType<typeof folderNodeBoard>;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'ba-'));
  environment = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  berth('lab', 'up', '--name', 'agents', '--nodes', nodes.join());
  board = folderNodeBoard({ stateFolder: path.join(scratch, 'berth/labs/agents/state/default') });
  run = spawn(berthProgram, ['run', '-f', path.join(root, 'examples/01-field-story')], {
    env: environment,
    stdio: 'ignore',
  });
  await vi.waitFor(async () => expect(await statusOf(other)).toMatchObject({ ovnController: {} }), soon);
});
afterEach(() => void berth('lab', 'heal'));
afterAll(async () => {
  const ended = new Promise((resolve) => run.on('exit', resolve));
  run.kill('SIGINT');
  await ended;
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]): void {
  const { status, stderr } = spawnSync(berthProgram, argv, { encoding: 'utf8', env: environment });
  expect(status, stderr).toBe(0);
}

async function statusOf(name: string): Promise<NodeReport['status']> {
  const report = (await board.reports()).find(({ metadata }) => metadata.name === name);
  return report?.status ?? expect.fail(`no report of ${name}`);
}

/** Waits until a node's reports stop, while another one's go on. */
async function falls(name: string): Promise<void> {
  await vi.waitFor(async () => {
    const [before, living] = [await statusOf(name), await statusOf(other)];
    await sleep(2_500);
    expect((await statusOf(name)).sequence).toBe(before.sequence);
    expect((await statusOf(other)).sequence).toBeGreaterThan(living.sequence);
  }, soon);
}

async function goesOn(name: string): Promise<NodeReport['status']> {
  const { agent, sequence } = await statusOf(name);
  await vi.waitFor(async () => {
    const now = await statusOf(name);
    expect(now.agent !== agent || now.sequence > sequence).toBe(true);
  }, soon);
  return statusOf(name);
}

test('every node reports', async () => {
  await vi.waitFor(async () => {
    for (const each of nodes) {
      const { ready, ovnController, uplinks } = await statusOf(each);
      expect({ ready, ovnController }).toEqual({
        ready: true,
        ovnController: { running: true, connected: true, flowsInstalled: true },
      });
      expect(uplinks).toMatchObject([{ state: 'Up', carrier: true }]);
    }
  }, soon);
});

test('notready is told, and the agent lives', async () => {
  berth('lab', 'fail', `notready:${node}`);
  await vi.waitFor(async () => expect((await statusOf(node)).ready).toBe(false), soon);
  expect((await statusOf(other)).ready).toBe(true);
  await goesOn(node);
  berth('lab', 'heal');
  await vi.waitFor(async () => expect((await statusOf(node)).ready).toBe(true), soon);
});

test('a dead agent reports nothing, and its successor is another', async () => {
  const { agent } = await statusOf(node);
  berth('lab', 'fail', `agent:${node}`);
  await falls(node);
  berth('lab', 'heal');
  expect((await goesOn(node)).agent).not.toBe(agent);
});

test('a node that is cut off is not heard of, and its agent is the same when it is back', async () => {
  const { agent } = await statusOf(node);
  berth('lab', 'fail', `control:${node}`);
  await falls(node);
  berth('lab', 'heal');
  expect((await goesOn(node)).agent).toBe(agent);
  await vi.waitFor(async () => expect((await statusOf(node)).ovnController?.connected).toBe(true), soon);
});

test('a dead host reports nothing; when it is back its agent is a new one', async () => {
  const { agent } = await statusOf(node);
  berth('lab', 'fail', `host:${node}`);
  await falls(node);
  berth('lab', 'heal');
  expect((await goesOn(node)).agent).not.toBe(agent);
  await vi.waitFor(async () => expect((await statusOf(node)).ovnController?.flowsInstalled).toBe(true), soon);
});
