import type { NodeReport } from '@berth/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentBoard } from '../../board/board.ts';
import { type FakeAnswer, type FakeApi, no, page, startFakeApi } from '../testing/fake-api.ts';
import { kubeAgentBoard } from './kube-agent-board.ts';

let fake: FakeApi;
let board: AgentBoard;
/** What the board asked, and how that is answered. */
const asked: string[] = [];
let answers: Readonly<Record<string, FakeAnswer>> = {};

beforeEach(async () => {
  fake = await startFakeApi();
  asked.length = 0;
  answers = {};
  fake.respond = ({ method, path }) => {
    const name = `${method} ${path.split('/').slice(-2).join('/')}`;
    if (!name.endsWith('/n1')) return undefined;
    asked.push(name);
    return answers[name] ?? no(404, 'NotFound');
  };
  fake.lists = [page(10, [])];
  board = kubeAgentBoard({ kubeconfig: fake.kubeconfig, node: 'n1', times: { firstDelayMs: 5 } });
});
afterEach(async () => {
  await board[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

function order(version: number, revision: string): object {
  const spec = { epoch: 1, revision, probes: [], addresses: [], witnesses: [], fences: [] };
  return { metadata: { name: 'n1', resourceVersion: String(version) }, spec };
}

const report: NodeReport = {
  apiVersion: 'gateway.berth.dev/v1alpha1',
  kind: 'NodeReport',
  metadata: { name: 'n1', generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
  status: { agent: 'a', sequence: 1, time: '2026-01-01T00:00:00Z' },
};
const written = { body: { metadata: { name: 'n1', resourceVersion: '20' } } };

/** Resolves with the next change of the order. */
function changed(): Promise<void> {
  return new Promise((resolve) => board.watch(resolve));
}

test('follows the one order of its node, and keeps the last where there is none any more or one it cannot read', async () => {
  expect(await board.order()).toBeUndefined();
  const watch = await fake.nextWatch();
  expect(watch.query.get('fieldSelector')).toBe('metadata.name=n1');
  let next = changed();
  watch.send('ADDED', order(11, 'a'));
  await next;
  expect((await board.order())?.spec.revision).toBe('a');
  next = changed();
  watch.send('MODIFIED', { metadata: { name: 'n1', resourceVersion: '12' }, spec: { epoch: 'one' } });
  await next;
  expect((await board.order())?.spec.revision).toBe('a');
  next = changed();
  watch.send('DELETED', order(13, 'a'));
  await next;
  expect((await board.order())?.spec.revision).toBe('a');
});

test('reads the report once, and after that writes on what its own writes left', async () => {
  answers = { 'PATCH nodereports/n1': written };
  expect(await board.reported()).toBeUndefined();
  await board.report(report);
  expect(await board.reported()).toEqual(report);
  await board.report(report);
  expect(asked).toEqual(['GET nodereports/n1', 'PATCH nodereports/n1', 'PATCH nodereports/n1']);
});

test('that somebody else wrote is refused, and looked at before the next write', async () => {
  answers = { 'PATCH nodereports/n1': no(409, 'Conflict') };
  await expect(board.report(report)).rejects.toMatchObject({ code: 'stale-write' });
  const other = { ...report, status: { ...report.status, agent: 'other' } };
  answers = {
    'GET nodereports/n1': { body: { ...other, metadata: { name: 'n1', resourceVersion: '21' } } },
  };
  expect((await board.reported())?.status.agent).toBe('other');
});

test('a server that is busy is left alone for a while, and asked for the order once it answers again', async () => {
  answers = { 'PATCH nodereports/n1': no(503, 'ServiceUnavailable') };
  await expect(board.report(report)).rejects.toMatchObject({ code: 'cluster-busy' });
  for (let tries = 0; tries < 50; tries++) {
    await expect(board.report(report)).rejects.toMatchObject({ code: 'cluster-busy' });
  }
  expect(asked).toEqual(['PATCH nodereports/n1']);
  answers = { 'PATCH nodereports/n1': written, 'GET nodeorders/n1': { body: order(15, 'newer') } };
  const isWritten = () =>
    board.report(report).then(
      () => true,
      () => false,
    );
  await expect.poll(isWritten).toBe(true);
  expect(asked.slice(1)).toEqual(['PATCH nodereports/n1', 'GET nodeorders/n1']);
  expect((await board.order())?.spec.revision).toBe('newer');
});
