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

test('without adopt nothing of what is there is touched, and it is told what it is and what hangs on it', {
  timeout: 90_000,
}, async () => {
  const before = await bench.contents();
  const applied = bench.berth(cluster, 'apply');
  expect(applied.status).toBe(1);
  expect(await bench.contents()).toEqual(before);
  const text = applied.stderr.replaceAll(/\s+/g, ' ');
  expect(text).toMatch(
    /vpc\/vpc1 \S+ row-clash the Logical_Router row vpc1 \([0-9a-f-]{36}\) was made by kube-ovn and not by Berth: options:always_learn_from_arp_request=none \(asked for: false\) cure: take it over: berth adopt/,
  );
  expect(text).toMatch(
    /ovn-fip\/web \S+ row-clash it waits because the Logical_Router row vpc1 \([0-9a-f-]{36}\) was made by kube-ovn/,
  );
  const { status, stdout } = bench.read('status');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^programmed +0 VPCs, 0 of 3 floating IPs$/m);
  expect(stdout).toMatch(
    /^in the way +ovn-fip\/api, ovn-fip\/shared, ovn-fip\/web, .* and 1 more: rows of somebody else/m,
  );
  expect(stdout).not.toMatch(/^missing/m);
});
