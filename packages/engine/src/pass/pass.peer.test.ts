import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lingersPrefix, takenPrefix } from '@berth/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineFault } from '../engine-fault.ts';
import { type Bench, openController, startBench } from '../testing/bench.ts';
import { pass } from './pass.ts';

const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];

let bench: Bench;
let controller: Awaited<ReturnType<typeof openController>>;

beforeEach(async () => {
  bench = await startBench(example, nodes, 'external0');
  controller = await openController(bench);
});
afterEach(async () => {
  await controller[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function nat(): Record<string, unknown> | undefined {
  const [row] = controller.ovn.northbound.snapshot().table('NAT');
  return row;
}

describe('a pass on a real NB', () => {
  test('programs the field story, and then has nothing to do', async () => {
    const first = await pass(controller);
    expect(first.findings).toEqual([]);
    expect(first.written.transactions).toBe(1);
    expect(nat()).toMatchObject({
      type: 'dnat_and_snat',
      external_ip: '10.9.101.9',
      logical_ip: '192.168.0.4',
      logical_port: 'web.default',
    });
    const second = await pass(controller);
    expect(second.plan.changes).toEqual([]);
    expect(second).toMatchObject({ written: { transactions: 0, changes: 0 }, statusWrites: 0 });
  });

  test('takes away the marks of addresses at chassis that are gone, and no others of NB_Global', async () => {
    await pass(controller);
    const { nb, northbound } = controller.ovn;
    const [single, list] = [
      `${lingersPrefix}10.9.101.77/external0/gone`,
      `${takenPrefix}1/external0/10.9.101.77/gone`,
    ] as const;
    const keys = [single, list];
    const marks = new Map([
      [single, '1 02:00:00:00:00:01'],
      [list, '10.9.101.77 020000000001 '],
      ['somebody', 'else'],
    ]);
    await nb.transact([
      { op: 'mutate', table: 'NB_Global', where: [], mutations: [['external_ids', 'insert', marks]] },
    ]);
    const ids = () => [...northbound.snapshot().table('NB_Global')][0]?.external_ids;
    await expect.poll(() => keys.map((key) => ids()?.has(key))).toEqual([true, true]);
    await pass(controller);
    await expect.poll(() => keys.map((key) => ids()?.has(key))).toEqual([false, false]);
    expect(ids()?.get('somebody')).toBe('else');
  });

  test('one field moves the floating IP to the gateways, in place', async () => {
    await pass(controller);
    const before = nat();
    const file = join(bench.folder, '05-floating-ip.yaml');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(
        'ipName: web.default',
        'ipName: web.default\n  type: centralized',
      ),
    );
    const { plan } = await pass(controller);
    expect(
      plan.changes.map(({ verb, table, columns }) => [verb, table, Object.keys(columns).sort()]),
    ).toEqual([['update', 'NAT', ['external_mac', 'logical_port']]]);
    expect(plan.changes[0]?.interrupts?.flows.map(({ object }) => object)).toEqual([
      { kind: 'OvnFip', name: 'web' },
    ]);
    expect(nat()).toMatchObject({
      _uuid: before?.['_uuid'],
      logical_port: undefined,
      external_mac: undefined,
    });
  });

  test('repairs what somebody else damages and leaves foreign rows alone', async () => {
    await pass(controller);
    const { nb, northbound } = controller.ovn;
    const [router] = northbound.snapshot().table('Logical_Router');
    await nb.transact([
      { op: 'delete', table: 'Logical_Router', where: [['_uuid', '==', router?._uuid]] },
      { op: 'insert', table: 'Logical_Router', row: { name: 'foreign' } },
    ]);
    expect(northbound.snapshot().table('NAT').size).toBe(0);
    await pass(controller);
    expect(northbound.snapshot().table('NAT').size).toBe(1);
    expect([...northbound.snapshot().table('Logical_Router')].map(({ name }) => name).sort()).toEqual([
      'foreign',
      'vpc1',
    ]);
    expect((await pass(controller)).written.transactions).toBe(0);
  });

  test('a wiped NB is programmed again', async () => {
    await pass(controller);
    const { nb, northbound } = controller.ovn;
    await nb.transact(
      ['Logical_Router', 'Logical_Switch', 'NB_Global'].map(
        (table) => ({ op: 'delete', table, where: [] }) as const,
      ),
    );
    expect(northbound.snapshot().table('NB_Global').size).toBe(0);
    await pass(controller);
    expect(northbound.snapshot().table('NAT').size).toBe(1);
  });

  test('an epoch that NB lost is written again by the next pass, and nothing else', async () => {
    await pass(controller);
    const { nb, northbound } = controller.ovn;
    const before = northbound.snapshot().table('Logical_Router');
    await nb.transact([
      { op: 'update', table: 'NB_Global', where: [], row: { external_ids: new Map([['foreign', 'kept']]) } },
    ]);
    expect((await pass(controller)).written.transactions).toBe(0);
    const [global] = northbound.snapshot().table('NB_Global');
    expect(global?.external_ids).toEqual(
      new Map([
        ['foreign', 'kept'],
        ['berth.dev/epoch', String(controller.fence.epoch)],
      ]),
    );
    expect([...northbound.snapshot().table('Logical_Router')]).toEqual([...before]);
  });

  test('a deleted file takes its rows and its objects away', async () => {
    await pass(controller);
    await rm(join(bench.folder, '05-floating-ip.yaml'));
    for (let round = 0; round < 4; round++) await pass(controller);
    expect(nat()).toBeUndefined();
    const { resources } = await controller.source.list();
    expect(resources.OvnFip).toEqual([]);
    expect(resources.OvnEip.map(({ metadata }) => metadata.name)).toEqual(['vpc1-external0']);
  });

  test('a row of somebody else under our name is a finding, and the rest is written', async () => {
    await controller.ovn.nb.transact([
      { op: 'insert', table: 'Logical_Switch', row: { name: 'vpc1-subnet1' } },
    ]);
    const { findings } = await pass(controller);
    expect(findings.map(({ code, object }) => [code, object?.name])).toEqual([['row-clash', 'vpc1-subnet1']]);
    expect(nat()).toMatchObject({ external_ip: '10.9.101.9' });
  });

  test('a controller that was replaced writes nothing', async () => {
    await pass(controller);
    const rival = controller.fence.epoch + 1;
    const { nb, northbound } = controller.ovn;
    const [global] = northbound.snapshot().table('NB_Global');
    await nb.transact([
      {
        op: 'update',
        table: 'NB_Global',
        where: [['_uuid', '==', global?._uuid]],
        row: { external_ids: new Map([['berth.dev/epoch', String(rival)]]) },
      },
      { op: 'delete', table: 'Logical_Router', where: [] },
    ]);
    await expect(pass(controller)).rejects.toThrow(EngineFault);
    expect(northbound.snapshot().table('Logical_Router').size).toBe(0);
  });
});
