import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdoptBench, startAdoptBench } from './adopt-bench.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const cluster = path.join(import.meta.dirname, 'cluster');

let bench: AdoptBench;
beforeAll(async () => {
  bench = await startAdoptBench(kubeOvnRows((node) => `chassis-${node}`));
});
afterAll(() => bench?.[Symbol.asyncDispose]());

test('what is only shown or refused changes nothing, not even who leads the OVN', {
  timeout: 90_000,
}, async () => {
  const before = await bench.globals();
  expect(bench.berth(cluster, 'adopt')).toMatchObject({ status: 1 });
  expect(bench.berth(cluster, 'adopt', '--lift', 'ovn-fip/nobody', '--yes')).toMatchObject({ status: 64 });
  expect(await bench.globals()).toEqual(before);

  expect(bench.answer(cluster, '--yes').done).toBe(true);
  expect(await bench.globals()).not.toEqual(before);
});
