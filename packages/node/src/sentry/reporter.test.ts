import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderAgentBoard } from '@berth/source';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Reporter } from './reporter.ts';

let folder: string;
const open: Reporter[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-reporter-'));
});

afterEach(async () => {
  for (const reporter of open.splice(0)) await reporter.close();
  await rm(folder, { recursive: true });
});

/** A process that reports, and what became of it. */
function begin(agent: string, rivalPatienceMs = 60_000) {
  const board = folderAgentBoard({ stateFolder: folder, node: 'n1' });
  const faults: unknown[] = [];
  const rivals: boolean[] = [];
  const reporter = new Reporter({
    node: 'n1',
    agent,
    board,
    now: () => '2026-01-01T00:00:00Z',
    rivalPatienceMs,
    onFault: (fault) => faults.push(fault),
    onRival: (isThere) => rivals.push(isThere),
  });
  open.push(reporter);
  return { reporter, faults, rivals };
}

const written = () => folderAgentBoard({ stateFolder: folder, node: 'n1' }).reported();
const writer = async () => (await written())?.status.agent;

test('a change is written once, a sign of life always', async () => {
  const { reporter } = begin('a');
  reporter.tell({ ready: true });
  await expect.poll(async () => (await written())?.status).toMatchObject({ sequence: 1, ready: true });
  reporter.tell({ ready: true });
  reporter.beat();
  await expect.poll(async () => (await written())?.status.sequence).toBe(2);
  reporter.tell({ ready: false });
  await expect.poll(async () => (await written())?.status).toMatchObject({ sequence: 3, ready: false });
});

test('a new process goes on where the one before it ended', async () => {
  const first = begin('a');
  first.reporter.tell({});
  await expect.poll(writer).toBe('a');
  await first.reporter.close();
  const second = begin('b');
  second.reporter.tell({});
  await expect.poll(writer).toBe('b');
  expect(second.faults).toEqual([]);
});

test('of two on one node the older stops and says so, and the younger goes on', async () => {
  const first = begin('a');
  first.reporter.tell({});
  await expect.poll(writer).toBe('a');
  const second = begin('b');
  second.reporter.tell({});
  await expect.poll(writer).toBe('b');
  first.reporter.beat();
  await expect.poll(() => first.reporter.hasRival).toBe(true);
  expect(first.faults).toMatchObject([
    { code: 'another-agent', message: expect.stringContaining('another agent (b) reports for node n1') },
  ]);
  for (let beats = 0; beats < 5; beats++) {
    first.reporter.beat();
    second.reporter.beat();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await writer()).toBe('b');
  expect([first.rivals, second.rivals, second.reporter.hasRival]).toEqual([[true], [], false]);
  expect(first.faults).toHaveLength(1);
});

test('the older takes the node again when the younger has been silent for long', async () => {
  const first = begin('a', 50);
  first.reporter.tell({});
  await expect.poll(writer).toBe('a');
  const second = begin('b');
  second.reporter.tell({});
  await expect.poll(writer).toBe('b');
  first.reporter.beat();
  await expect.poll(() => first.rivals).toEqual([true]);
  await second.reporter.close();
  await expect
    .poll(() => {
      first.reporter.beat();
      return first.rivals;
    })
    .toEqual([true, false]);
  first.reporter.beat();
  await expect.poll(writer).toBe('a');
});

test('a board that cannot be written is told of and tried again', async () => {
  const { reporter, faults } = begin('a');
  await expect.poll(() => written()).toBeUndefined();
  await rm(folder, { recursive: true });
  const { writeFile } = await import('node:fs/promises');
  await writeFile(folder, 'no folder');
  reporter.tell({});
  await expect.poll(() => faults.length).toBe(1);
  expect(faults).toMatchObject([{ code: 'state-unwritable', retry: 'backoff' }]);
  await rm(folder);
  reporter.beat();
  await expect.poll(writer).toBe('a');
});
