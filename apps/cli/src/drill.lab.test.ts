import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { berthIn } from '../../../tests/support/own-lab.ts';
import { drillSchema } from './schema/drill.ts';

const root = path.join(import.meta.dirname, '../../..');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
let scratch = '';

function berth(...argv: readonly string[]) {
  return berthIn(scratch, argv);
}

beforeAll(() => {
  // Labs of this test are seen by this test alone. The path is short, as the lab's sockets need it.
  scratch = mkdtempSync(path.join(tmpdir(), 'bd-'));
  expect(berth('lab', 'up', '--nodes', nodes.join())).toMatchObject({ status: 0 });
  expect(berth('apply', '-f', path.join(root, 'examples/01-field-story'))).toMatchObject({ status: 0 });
});

afterAll(() => {
  berth('lab', 'down');
  if (existsSync(scratch)) rmSync(scratch, { recursive: true, force: true });
});

test('the field story: what is predicted of the gateways and of the pod node is what packets say', () => {
  const gateways = `host:${nodes[1]},host:${nodes[2]}`;
  const lost = berth('drill', '--fail', `${gateways};uplink:${nodes[0]}`, '--trace', '-o', 'json');
  expect(lost.stderr).toContain('0 disagree');
  expect(lost.status).toBe(0);
  const { scenarios, summary, kept } = drillSchema.parse(JSON.parse(lost.stdout));
  expect(scenarios.map(({ sequence }) => sequence?.map((set) => set.length))).toEqual([[2, 1]]);
  expect(summary.cases).toBe(summary.agree);
  expect(kept).toBeNull();
  const fates = scenarios[0]?.flows.map(({ direction, observed }) => `${direction} ${observed.outcome}`);
  expect(fates).toContain('inbound lost');
  expect(summary.doubted).toBe(0);
  const traces = scenarios[0]?.flows.map(({ trace }) => `${trace?.packets} ${trace?.doubt}`);
  expect([...new Set(traces)]).toEqual(['agree none']);

  const still = berth('drill', '--fail', gateways, 'fip/web', '-o', 'json');
  expect(still.status).toBe(0);
  const [inbound] = drillSchema.parse(JSON.parse(still.stdout)).scenarios[0]?.flows ?? [];
  expect(inbound).toMatchObject({ direction: 'inbound', agrees: 'agree', trace: null });
  expect(inbound?.observed).toMatchObject({ outcome: 'delivered', berth: nodes[0], answerers: [nodes[0]] });
});

test('a lab that is broken already is not drilled', () => {
  expect(berth('lab', 'fail', `uplink:${nodes[0]}`)).toMatchObject({ status: 0 });
  const refused = berth('drill', '--each', 'host');
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('berth lab heal');
  expect(berth('lab', 'heal')).toMatchObject({ status: 0 });
  expect(berth('drill', '--each', 'planet')).toMatchObject({ status: 64 });
});

test('a port that is forwarded by UDP is tried by datagrams, which the pod answers', () => {
  expect(berth('lab', 'down')).toMatchObject({ status: 0 });
  expect(berth('lab', 'up', '--nodes', 'node-1,node-2,node-3')).toMatchObject({ status: 0 });
  expect(berth('apply', '-f', path.join(root, 'examples/03-dnat-pod'))).toMatchObject({ status: 0 });
  const drilled = berth('drill', '--each', 'host', '--trace', '--all', 'dnat/front-dns', '-o', 'json');
  expect(drilled.stderr).toContain('0 disagree');
  const { scenarios, untried, summary } = drillSchema.parse(JSON.parse(drilled.stdout));
  expect(untried).toEqual([]);
  expect(summary).toMatchObject({ agree: summary.cases, disagree: 0, doubted: 0 });
  const outcomes = scenarios.map(({ failures, flows }) => [
    failures.join(),
    flows.map(({ observed, agrees }) => `${observed.outcome} ${agrees}`).join(),
  ]);
  expect(Object.fromEntries(outcomes)).toEqual({
    'host:node-1': 'lost agree',
    'host:node-2': 'delivered agree',
    'host:node-3': 'delivered agree',
  });
});
