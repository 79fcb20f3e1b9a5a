import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fieldNodes, startWatchedBench, type WatchedBench } from '../testing/watched-bench.ts';
import { type PassInput, type PassResult, pass } from './pass.ts';

const foreign = '02:00:00:00:00:99';

let watched: WatchedBench;
let controller: WatchedBench['controller'];
let board: WatchedBench['board'];
let input: PassInput;

beforeEach(async () => {
  watched = await startWatchedBench({
    silentMs: 60_000,
    holdMs: 3_000,
    lagMs: 1_000,
    checkMs: 3_000,
    stillMs: 3_000,
  });
  ({ controller, board, input } = watched);
});
afterEach(() => watched[Symbol.asyncDispose]());

const nats = () => [...controller.ovn.northbound.snapshot().table('NAT')].map((row) => row.external_ip);
const ordered = () =>
  [
    ...new Set([...board.orders.values()].flatMap(({ spec }) => (spec.checks ?? []).map(({ ip }) => ip))),
  ].sort();
const codes = ({ findings }: PassResult) => findings.map(({ code, object }) => `${code} ${object?.name}`);

/** Every agent has carried out its order; those addresses are somebody's. */
async function carryOut(taken: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const node of fieldNodes) {
    const checks = board.orders.get(node)?.spec.checks ?? [];
    board.tell(node, {
      chassis: `chassis-${node}`,
      uplinks: [{ network: 'external0', state: 'Up' }],
      checked: checks.map((check) => {
        const mac = taken[check.ip];
        return { ...check, ...(mac !== undefined && { mac }) };
      }),
    });
  }
  await input.nodes?.read();
}

test('new addresses are asked for, and programmed when nobody answers; those of a moment ago are not asked for again', async () => {
  await carryOut();
  await pass(input);
  expect([nats(), ordered()]).toEqual([[], ['10.9.101.10', '10.9.101.9']]);
  await carryOut();
  await pass(input);
  expect(nats()).toEqual(['10.9.101.9']);
  const next = await pass(input);
  expect([next.plan.changes, ordered()]).toEqual([[], []]);
});

test('one that another machine has is left out with a finding until it is free; the rest is programmed', async () => {
  await carryOut();
  await pass(input);
  await carryOut({ '10.9.101.9': foreign });
  const taken = await pass(input);
  expect([nats(), codes(taken), ordered()]).toEqual([
    [],
    ['address-in-use web'],
    ['10.9.101.10', '10.9.101.9'],
  ]);
  const fip = taken.listing.resources.OvnFip.find(({ metadata }) => metadata.name === 'web');
  await pass(input);
  const { resources } = await controller.source.list();
  const shown = resources.OvnFip.find(({ metadata }) => metadata.name === fip?.metadata.name)?.status;
  expect(shown?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toContain(
    'Ready False AddressInUse',
  );
  expect(controller.ovn.northbound.snapshot().table('Logical_Router_Port').size).toBe(2);
  await carryOut();
  expect(codes(await pass(input))).toEqual([]);
  expect(nats()).toEqual(['10.9.101.9']);
});

test('what is programmed stays, whoever answers for it, also when NB was lost', async () => {
  await pass(input);
  expect(nats()).toEqual(['10.9.101.9']);
  await carryOut({ '10.9.101.9': foreign });
  await pass(input);
  expect([nats(), ordered()]).toEqual([['10.9.101.9'], []]);
  await controller.ovn.nb.transact([
    { op: 'delete', table: 'Logical_Router', where: [] },
    { op: 'delete', table: 'Logical_Switch', where: [] },
  ]);
  await pass(input);
  expect([nats(), ordered()]).toEqual([['10.9.101.9'], []]);
});

test('agents that never say a word of it keep nothing dark for long', async () => {
  await carryOut();
  await pass(input);
  watched.wait(2_999);
  expect(input.nodes?.isDue()).toBe(false);
  await pass(input);
  expect(nats()).toEqual([]);
  watched.wait(1);
  expect(input.nodes?.isDue()).toBe(true);
  await pass(input);
  expect(nats()).toEqual(['10.9.101.9']);
});

test('the annotation uses an address at once', async () => {
  const file = join(watched.bench.folder, '05-floating-ip.yaml');
  const text = await readFile(file, 'utf8');
  const all = text.replace(
    /kind: OvnEip\nmetadata:\n/,
    'kind: OvnEip\nmetadata:\n  annotations:\n    berth.dev/allow-address-in-use: "true"\n',
  );
  await writeFile(file, all);
  await carryOut();
  await pass(input);
  expect(ordered()).toEqual(['10.9.101.10']);
});
