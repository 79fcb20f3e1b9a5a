import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdoptBench, startAdoptBench } from './adopt-bench.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

let bench: AdoptBench;
let cluster = '';
beforeAll(async () => {
  bench = await startAdoptBench(kubeOvnRows((node) => `chassis-${node}`));
  cluster = path.join(bench.scratch, 'cluster');
  cpSync(path.join(import.meta.dirname, 'cluster'), cluster, { recursive: true });
});
afterAll(() => bench?.[Symbol.asyncDispose]());

test('what is only shown or refused changes nothing, not even who leads the OVN', {
  timeout: 90_000,
}, async () => {
  const before = await bench.globals();
  expect(bench.berth(cluster, 'adopt')).toMatchObject({ status: 1 });
  expect(bench.berth(cluster, 'adopt', '--lift', 'ovn-fip/nobody', '--yes')).toMatchObject({ status: 64 });
  expect(await bench.globals()).toEqual(before);

  // What an object says that nobody can read is named where it stands, and not only what lacks it then.
  const addresses = path.join(cluster, '03-addresses.yaml');
  const whole = readFileSync(addresses, 'utf8');
  writeFileSync(addresses, whole.replace(/(metadata: \{ name: api \}\n.*)10\.9\.101\.10/, '$1010.9.101.10'));
  const unread = /ovn-eip\/api .*v4Ip .*03-addresses\.yaml:\d+:\d+ .*bad-value/;
  expect(bench.berth(cluster, 'adopt').stderr).toMatch(unread);
  expect(await bench.globals()).toEqual(before);
  const adopted = bench.berth(cluster, 'adopt', '--yes');
  expect(adopted.stderr).toMatch(unread);
  expect(adopted.stdout).toContain('\nDone: ');
  expect(bench.berth(cluster, 'adopt', '--lift', 'ovn-fip/web').stderr).toMatch(unread);
  writeFileSync(addresses, whole);

  expect(bench.answer(cluster, '--yes').done).toBe(true);
  expect(await bench.globals()).not.toEqual(before);
});

test('nor does an adoption that would interrupt what is Berth’s already, and so is refused as a whole', {
  timeout: 90_000,
}, async () => {
  const rules = path.join(cluster, '04-rules.yaml');
  writeFileSync(rules, readFileSync(rules, 'utf8').replace('ipName: web.default', 'ipName: db.default'));
  const before = await bench.globals();
  const { status, stderr } = bench.berth(cluster, 'adopt', '--yes');
  expect(stderr).toContain('would interrupt traffic; correct the objects');
  expect(status).toBe(1);
  expect(await bench.globals()).toEqual(before);
});
