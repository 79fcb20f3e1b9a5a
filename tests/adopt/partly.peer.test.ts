import path from 'node:path';
import type { Uuid } from '@berth/ovsdb/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdoptBench, startAdoptBench } from './adopt-bench.ts';

const cluster = path.join(import.meta.dirname, 'cluster');
const byHand = '11111111-0000-4000-8000-000000000001' as Uuid;

let bench: AdoptBench;
beforeAll(async () => {
  bench = await startAdoptBench([]);
  const made = bench.berth(cluster, 'apply');
  if (made.status !== 0) throw new Error(made.stderr);
});
afterAll(() => bench?.[Symbol.asyncDispose]());

test('of an NB that is all Berth’s but for one row undo gives back that one, and says what of the others', {
  timeout: 120_000,
}, async () => {
  await bench.edit((nb) => {
    const [router] = nb.table('Logical_Router');
    const row = [...nb.table('NAT')].find((each) => each['external_ip'] === '10.9.101.10');
    if (!router || !row) throw new Error('there is none');
    const of = [['_uuid', '==', router._uuid] as const];
    return [
      {
        op: 'mutate',
        table: 'Logical_Router',
        where: of,
        mutations: [['nat', 'delete', new Set([row._uuid])]],
      },
      {
        ...{ op: 'insert', table: 'NAT', uuid: byHand },
        row: { type: 'dnat_and_snat', external_ip: '10.9.101.10', logical_ip: '192.168.0.5' },
      },
      { op: 'mutate', table: 'Logical_Router', where: of, mutations: [['nat', 'insert', new Set([byHand])]] },
    ];
  });
  const before = await bench.contents();
  expect(bench.answer(cluster, '--yes')).toMatchObject({ done: true, staying: [] });
  expect(bench.berth(cluster, 'plan').stdout).toContain('nothing to do');

  const shown = bench.answer(cluster, '--undo');
  expect(shown.changes.map(({ verb, table, uuid }) => [verb, table, uuid])).toEqual([
    ['update', 'NB_Global', expect.anything()],
    ['update', 'NAT', byHand],
  ]);
  const staying = shown.staying.flatMap(({ rows }) => rows);
  expect(staying).toHaveLength(Object.keys(before).length - 2);
  expect(shown.staying.map(({ object }) => object?.name)).not.toContain('api');
  const { stdout } = bench.berth(cluster, 'adopt', '--undo');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(
      `${staying.length} rows that Berth made itself stay as now, and Berth's \\(.*NAT 3.*\\), for vpc/vpc1, `,
    ),
  );
  expect(bench.answer(cluster, '--undo', '--yes').done).toBe(true);
  expect(await bench.contents()).toEqual(before);
  // Once more there is nothing left to give back, and nothing wrong.
  const again = bench.answer(cluster, '--undo');
  expect(again.changes).toEqual([]);
  expect(again.staying).toEqual(shown.staying);
  for (const argv of [['--undo'], ['--undo', '--yes']])
    expect(bench.berth(cluster, 'adopt', ...argv)).toMatchObject({ status: 0 });
  const { stderr } = bench.berth(cluster, 'apply');
  expect(stderr).toMatch(/ovn-fip\/api .*given-back\n/);
  expect(stderr).not.toMatch(/lr-nat-del|row-clash/);
  expect(await bench.contents()).toEqual(before);
});

test('a member of somebody else’s in the place of one of ours is told once, with the row as data', async () => {
  await bench.edit((nb) => {
    const port = [...nb.table('Logical_Router_Port')].find(({ name }) => name === 'vpc1-external');
    const row = [...nb.table('Gateway_Chassis')].find((each) => each['chassis_name'] === 'chassis-node-2');
    if (!port || !row) throw new Error('there is none');
    const of = [['_uuid', '==', port._uuid] as const];
    const [table, column] = ['Logical_Router_Port', 'gateway_chassis'];
    return [
      { op: 'mutate', table, where: of, mutations: [[column, 'delete', new Set([row._uuid])]] },
      {
        ...{ op: 'insert', table: 'Gateway_Chassis', uuid: byHand },
        row: { name: String(row['name']), chassis_name: 'chassis-node-2', priority: 200 },
      },
      { op: 'mutate', table, where: of, mutations: [[column, 'insert', new Set([byHand])]] },
    ];
  });
  const { findings } = JSON.parse(bench.read('status', '-o', 'json').stdout);
  const ofVpc = findings.filter(
    ({ code, object }: { code: string; object?: { kind: string } }) =>
      code === 'row-clash' && object?.kind === 'Vpc',
  );
  expect(ofVpc).toMatchObject([{ rows: [{ db: 'NB', table: 'Gateway_Chassis', uuid: byHand }] }]);
});
