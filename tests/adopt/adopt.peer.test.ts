import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatRef, type ResourceRef } from '@berth/api';
import { type Database, openDatabase, type Replica, type Snapshot } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adoptSchema } from '../../apps/cli/src/schema/adopt.ts';
import { planSchema } from '../../apps/cli/src/schema/plan.ts';
import { addChassis } from '../../packages/engine/src/testing/chassis.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const root = path.join(import.meta.dirname, '../..');
const cluster = path.join(import.meta.dirname, 'cluster');

let scratch = '';
let servers: readonly OvsdbServer[] = [];
let nb: Database;
let replica: Replica;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'berth-adopt-'));
  servers = await Promise.all([startOvsdbServer({ schema: 'nb' }), startOvsdbServer({ schema: 'sb' })]);
  const [northRemote = '', southRemote = ''] = servers.map(({ remote }) => remote);
  await addChassis(southRemote, ['node-1', 'node-2', 'node-3'], 'external');
  nb = await openDatabase({ remotes: [northRemote], database: 'OVN_Northbound' });
  replica = await nb.monitor({ tables: 'all' });
  await nb.transact([
    { op: 'insert', table: 'NB_Global', row: {} },
    ...kubeOvnRows((node) => `chassis-${node}`),
  ]);
});
afterAll(async () => {
  await nb?.close();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  const [north, south] = servers.map(({ remote }) => remote);
  const ovn = ['--nb', `${north}`, '--sb', `${south}`, '--state', path.join(scratch, 'state'), '-f', cluster];
  const env = { PATH: process.env['PATH'], HOME: scratch };
  const { status, stdout, stderr } = spawnSync(path.join(root, 'bin/berth'), [...argv, ...ovn], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}

const answer = (...argv: readonly string[]) =>
  adoptSchema.parse(JSON.parse(berth('adopt', ...argv, '-o', 'json').stdout));

/** Every row of NB by its UUID, as text; of NB_Global without the epoch, which stays. */
async function contents(): Promise<Readonly<Record<string, string>>> {
  await nb.transact([]);
  const snapshot: Snapshot = replica.snapshot();
  return Object.fromEntries(
    snapshot.tableNames.flatMap((table) =>
      [...snapshot.table(table)].map((row) => [`${table} ${row._uuid}`, JSON.stringify(row, plain)]),
    ),
  );
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map)
    return [...value]
      .filter(([key]) => key !== 'berth.dev/epoch')
      .map((entry) => JSON.stringify(entry))
      .sort();
  return value instanceof Set ? [...value].sort() : value;
}

const nameOf = (object: object) => formatRef(object as ResourceRef);
const distributed = (pod: string, mac: string) => ({ placement: 'distributed', mac, port: `${pod}.default` });

/** What a change is beside the marks; nothing where it is no more. */
function repairIn({
  verb,
  table,
  key,
  columns,
}: ReturnType<typeof answer>['changes'][number]): readonly string[] {
  const repaired = Object.keys(columns).filter((name) => name !== 'external_ids');
  if (repaired.length === 0) return [];
  const what = verb === 'insert' ? '' : `: ${repaired.join(' ')}`;
  return [`${verb} ${table} ${key.findLast((part) => part !== '')}${what}`];
}

test('what was found stays, but for marks and the repairs that are told; undo gives it back byte for byte', {
  timeout: 90_000,
}, async () => {
  const before = await contents();

  const shown = answer();
  expect(shown.changes.filter(({ interrupts }) => interrupts)).toEqual([]);
  expect(shown.summary).toMatchObject({ delete: 0, interrupting: 0, update: 0 });
  expect(await contents()).toEqual(before);
  expect(shown.done).toBe(false);
  expect(shown.changes.flatMap(repairIn)).toEqual([
    'adopt Logical_Router vpc1: options',
    'adopt Logical_Router_Static_Route 10.9.101.1: output_port',
    'adopt Logical_Switch_Port external-vpc1: options',
    'adopt Logical_Switch_Port api.default: options',
    'adopt Logical_Switch_Port db.default: options',
    'adopt Logical_Switch_Port web.default: options',
    'adopt NAT 10.9.101.10: options',
    'adopt NAT 10.9.101.13: logical_port options',
    'insert Gateway_Chassis vpc1-external-berth-keeper',
  ]);
  const onLift = ({ columns }: (typeof shown.changes)[number]) => Object.keys(columns);
  expect(shown.kept.map((each) => [nameOf(each.object), each.keep, ...each.onLift.map(onLift)])).toEqual([
    ['vpc/vpc1', { gateways: { external: ['node-3', 'node-2'] } }],
    ['subnet/vpc1-subnet1', { routerMac: '6e:12:34:56:78:9a' }, ['mac']],
    ['ovn-fip/api', distributed('api', '6a:00:00:00:00:05'), ['external_mac', 'logical_port']],
    ['ovn-fip/shared', { placement: 'centralized' }],
    [
      'ovn-fip/web',
      { ...distributed('web', '6a:00:00:00:00:04'), stateless: true },
      ['external_mac', 'logical_port', 'options'],
    ],
  ]);
  expect(
    shown.findings.filter(({ code }) => code === 'placement-kept').map(({ object }) => object?.name),
  ).toEqual(['api', 'web']);

  expect(answer('--yes').done).toBe(true);
  const after = await contents();
  expect(Object.keys(before).filter((row) => !(row in after))).toEqual([]);
  expect(berth('plan').stdout).toContain('nothing to do');
  expect(answer()).toMatchObject({ changes: [], summary: { adopt: 0 } });

  const lifted = answer('--lift', 'ovn-fip/web');
  expect(lifted.changes.map(({ table, interrupts }) => [table, interrupts?.flows.length])).toEqual([
    ['NAT', 1],
  ]);
  expect(berth('adopt', '--lift', 'ovn-fip/nobody')).toMatchObject({ status: 64 });
  expect(await contents()).toEqual(after);

  const undo = answer('--undo');
  expect(undo.summary.interrupting).toBe(0);
  expect(await contents()).toEqual(after);
  expect(answer('--undo', '--yes').done).toBe(true);
  expect(await contents()).toEqual(before);
  expect(berth('adopt', '--undo', '--yes')).toMatchObject({ status: 0 });
  expect(planSchema.parse(JSON.parse(berth('plan', '-o', 'json').stdout)).findings).not.toEqual([]);
});
