import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Uuid } from '@berth/ovsdb/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimPort, movePort } from '../../packages/engine/src/testing/chassis.ts';
import { type AdoptBench, repairIn, startAdoptBench } from './adopt-bench.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const cluster = path.join(import.meta.dirname, 'cluster');
const old = '44444444-0000-4000-8000-000000000044' as Uuid;

let bench: AdoptBench;
beforeAll(async () => {
  bench = await startAdoptBench(kubeOvnRows((node) => `chassis-${node}`));
});
afterAll(() => bench?.[Symbol.asyncDispose]());

test('a port whose object names a node where it is not any more is left to the one that has it, and named', {
  timeout: 120_000,
}, async () => {
  const folder = path.join(bench.scratch, 'stale');
  cpSync(cluster, folder, { recursive: true });
  const spec = {
    ...{ podName: 'old', namespace: 'default', subnet: 'vpc1-subnet1', nodeName: 'node-3' },
    ...{ ipAddress: '192.168.0.44', v4IpAddress: '192.168.0.44', macAddress: '6a:00:00:00:00:44' },
  };
  const ip = { apiVersion: 'kubeovn.io/v1', kind: 'IP', metadata: { name: 'old.default' }, spec };
  writeFileSync(path.join(folder, 'old.yaml'), JSON.stringify(ip));
  await bench.edit((nb) => {
    const of = [...nb.table('Logical_Switch')].find(({ name }) => name === 'vpc1-subnet1')?._uuid;
    const addresses = new Set(['6a:00:00:00:00:44 192.168.0.44']);
    return [
      {
        op: 'insert',
        table: 'Logical_Switch_Port',
        uuid: old,
        row: { name: 'old.default', addresses, up: true },
      },
      {
        ...{ op: 'mutate', table: 'Logical_Switch', where: [['_uuid', '==', of ?? old]] },
        mutations: [['ports', 'insert', new Set([old])]],
      },
    ];
  });
  const sb = bench.where[3] ?? '';
  await claimPort(sb, 'old.default', 'chassis-node-3');
  const still = bench.answer(folder);
  expect(still.changes.flatMap(repairIn)).toContain('adopt Logical_Switch_Port old.default: options');

  await movePort(sb, 'old.default', 'chassis-node-2');
  const before = await bench.contents();
  const shown = bench.answer(folder);
  expect(shown.summary.interrupting).toBe(0);
  expect(shown.left.map(({ uuid }) => uuid)).toContain(old);
  const { stdout, stderr } = bench.berth(folder, 'adopt', '--yes');
  const left =
    /row-clash the Logical_Switch_Port row old\.default .* it stays, as taking it over would interrupt traffic: ip\/old\.default, it runs on node-2 and would be bound to node-3: its traffic stops/;
  expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toMatch(left);
  // Who looks after the rest from then on says the same of it, and does not have it removed.
  const after = bench.berth(folder, 'plan');
  const told = `${after.stdout}${after.stderr}`.replaceAll(/\s+/g, ' ');
  expect(told).toMatch(left);
  expect(told).not.toContain('lsp-del');
  expect((await bench.contents())[`Logical_Switch_Port ${old}`]).toBe(before[`Logical_Switch_Port ${old}`]);
  expect(bench.answer(folder, '--undo', '--yes').done).toBe(true);
  expect(await bench.contents()).toEqual(before);
});
