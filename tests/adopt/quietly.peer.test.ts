import path from 'node:path';
import type { Operation, Value } from '@berth/ovsdb/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdoptBench, repairIn, startAdoptBench } from './adopt-bench.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const cluster = path.join(import.meta.dirname, 'cluster');

let bench: AdoptBench;
beforeAll(async () => {
  bench = await startAdoptBench(kubeOvnRows((node) => `chassis-${node}`));
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const port = (name: string, row: Readonly<Record<string, Value>>): Operation => ({
  ...{ op: 'update', table: 'Logical_Switch_Port', where: [['name', '==', name]], row },
});

test('one port that somebody uses otherwise keeps nothing else from being taken over; it is named, and stays through the way back', {
  timeout: 120_000,
}, async () => {
  await bench.edit(() => [
    port('vpc1-subnet1-vpc1', { addresses: new Set(['6e:12:34:56:78:9a 192.168.0.1']) }),
    port('external-vpc1', { addresses: new Set(['6e:00:00:00:00:02 10.9.101.2']) }),
    port('db.default', { addresses: new Set(['6a:00:00:00:00:66 192.168.0.66']), up: false }),
    port('api.default', { addresses: new Set(['6a:00:00:00:00:55 192.168.0.55']), up: true }),
  ]);
  const before = await bench.contents();
  const shown = bench.answer(cluster);
  expect(shown.summary).toMatchObject({ adopt: 18, interrupting: 0 });
  expect(shown.changes.flatMap(repairIn)).toEqual(
    expect.arrayContaining([
      'adopt Logical_Switch_Port external-vpc1: addresses options',
      'adopt Logical_Switch_Port vpc1-subnet1-vpc1: addresses',
      'adopt Logical_Switch_Port db.default: addresses options',
    ]),
  );
  const left = Object.keys(before).find((key) => before[key]?.includes('"name":"api.default"'));
  expect(shown.left.map(({ table, uuid }) => `${table} ${uuid}`)).toEqual([left]);
  expect(await bench.contents()).toEqual(before);

  const taken = bench.berth(cluster, 'adopt', '--yes');
  expect(taken.status).toBe(1);
  expect(taken.stdout).toMatch(/^Done: 18 rows taken over, 1 row written, .*, 1 row left as found\.$/m);
  expect(taken.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /error ip\/api\.default \S+ row-clash the Logical_Switch_Port row api\.default .* it stays, as taking it over would interrupt traffic: ip\/api\.default, the address changes: connections end cure: have object and row say the same and adopt again/,
  );
  const after = await bench.contents();
  expect(after[left ?? '']).toBe(before[left ?? '']);
  // Whoever goes on from here has nothing to change, nor has the next adoption.
  expect(bench.berth(cluster, 'plan').stdout).toBe(
    'Plan: 0 changes. OVN is as it should be, but for what the errors tell.\n',
  );
  const again = bench.berth(cluster, 'adopt');
  expect(again.status).toBe(1);
  expect(again.stdout).toMatch(
    /^1 row stays as found, because taking over would interrupt traffic \(Logical_Switch_Port 1\): see row-clash$/m,
  );

  expect(bench.answer(cluster, '--undo', '--yes').done).toBe(true);
  expect(await bench.contents()).toEqual(before);
});
