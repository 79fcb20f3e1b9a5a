import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdoptBench, startAdoptBench } from './adopt-bench.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

let bench: AdoptBench;
beforeAll(async () => {
  bench = await startAdoptBench(kubeOvnRows((node) => `chassis-${node}`));
});
afterAll(() => bench?.[Symbol.asyncDispose]());

/** The rows of the rules that are meant, as text. */
async function rowsOfRules(): Promise<readonly string[]> {
  return Object.values(await bench.contents()).filter((row) =>
    /"(10\.9\.101\.9"|10\.9\.101\.12:)|\[\\"10\.9\.101\.12:/.test(row),
  );
}

test('a rule that contradicts itself is told, and its row stays as it was found, until both say the same and it is adopted', {
  timeout: 120_000,
}, async () => {
  const cluster = path.join(bench.scratch, 'cluster');
  cpSync(path.join(import.meta.dirname, 'cluster'), cluster, { recursive: true });
  const rules = path.join(cluster, '04-rules.yaml');
  const whole = readFileSync(rules, 'utf8');
  writeFileSync(rules, whole.replace(/ipName: (web|db)\.default/g, 'ipName: $1.default, v4Ip: 192.168.0.77'));
  const before = await rowsOfRules();
  expect(before).toHaveLength(2);

  const { done, findings } = bench.answer(cluster, '--yes');
  expect(done).toBe(true);
  expect(
    findings.filter(({ code }) => code === 'address-mismatch').map(({ object }) => object?.name),
  ).toEqual(['db', 'web']);
  expect(await rowsOfRules()).toEqual(before);
  bench.berth(cluster, 'apply');
  expect(await rowsOfRules()).toEqual(before);
  expect(bench.berth(cluster, 'adopt', '--undo', '--yes').stdout).toContain('\nDone: ');
  // What was wrong with objects before is no failure of the adoption.
  expect(bench.berth(cluster, 'adopt', '--yes')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('\nDone: '),
  });
  expect(await rowsOfRules()).toEqual(before);

  writeFileSync(rules, whole);
  expect(bench.berth(cluster, 'apply').stderr).toMatch(/row-clash/);
  expect(await rowsOfRules()).toEqual(before);
  const shown = bench.answer(cluster);
  expect(shown.summary).toMatchObject({ adopt: 2, interrupting: 0, insert: 0, delete: 0 });
  expect(shown.kept.map(({ object }) => object.name)).toContain('web');
  expect(bench.answer(cluster, '--yes').done).toBe(true);
  expect(bench.berth(cluster, 'plan').stdout).toContain('nothing to do');
  const shared = (rows: readonly string[]) =>
    rows.map((row) => /"logical_ip":"[^"]*"|"vips":\[.*?\]/.exec(row)?.[0]).sort();
  expect(shared(await rowsOfRules())).toEqual(shared(before));
});
