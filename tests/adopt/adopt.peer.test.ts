import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatRef, type ResourceRef } from '@berth/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planSchema } from '../../apps/cli/src/schema/plan.ts';
import { type AdoptBench, repairIn, startAdoptBench } from './adopt-bench.ts';
import { kubeOvnRows } from './kube-ovn-rows.ts';

const cluster = path.join(import.meta.dirname, 'cluster');

let bench: AdoptBench;
beforeAll(async () => {
  bench = await startAdoptBench(kubeOvnRows((node) => `chassis-${node}`));
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const berth = (...argv: readonly string[]) => bench.berth(cluster, ...argv);
const answer = (...argv: readonly string[]) => bench.answer(cluster, ...argv);
const contents = () => bench.contents();

const nameOf = (object: object) => formatRef(object as ResourceRef);
const distributed = (pod: string, mac: string) => ({ placement: 'distributed', mac, port: `${pod}.default` });

test('what was found stays, but for marks and the repairs that are told; undo gives it back byte for byte', async () => {
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
  await nothingOfOurs();

  expect(berth('adopt').stdout).not.toContain('Done:');
  expect(berth('adopt', '--yes').stdout).toMatch(
    /\nDone: \d+ rows taken over, 1 row written, 5 objects keep what was found\.\n$/,
  );
  expect(berth('adopt', '--undo', '--yes').stdout).toMatch(
    /\nDone: \d+ rows given back, without Berth's marks, 1 row removed\.\n$/,
  );
});

/** After undo: somebody else's rows are in nobody's way, and nothing is to be removed. */
async function nothingOfOurs(): Promise<void> {
  const before = await contents();
  expect(berth('apply')).toMatchObject({ status: 0 });
  expect(await contents()).toEqual(before);
  for (const command of [['plan'], ['status'], ['get', 'fip']]) {
    const { stdout, stderr } = command[0] === 'plan' ? berth(...command) : bench.read(...command);
    expect(`${stdout}${stderr}`).toContain('was given back by berth adopt --undo');
    expect(`${stdout}${stderr}`).not.toMatch(/-del |remove it|leftover|row-clash|cordoned/);
  }
  expect(bench.read('get', 'fip').stdout).toMatch(/^web .* Unknown .* GivenBack /m);
  const other = path.join(bench.scratch, 'other');
  cpSync(cluster, other, { recursive: true });
  const network = path.join(other, '01-network.yaml');
  const text = readFileSync(network, 'utf8');
  writeFileSync(network, text.replace(/(name: node-3.*\})\n/, '$1\nspec: { unschedulable: true }\n'));
  expect(bench.berth(other, 'plan').stderr).not.toContain('gateway-cordoned');
}

test('what Berth made itself is given back to nobody, also when it had lost its marks in between', {
  timeout: 90_000,
}, async () => {
  await using own = await startAdoptBench([]);
  const run = (...argv: readonly string[]) => own.berth(cluster, ...argv);
  expect(run('apply')).toMatchObject({ status: expect.any(Number) });
  expect(run('plan').stdout).toContain('nothing to do');
  await own.unmark();
  expect(own.answer(cluster, '--yes')).toMatchObject({ done: true, summary: { adopt: 0 } });
  const before = await own.contents();
  const { status, stderr } = run('adopt', '--undo', '--yes');
  expect(status).toBe(65);
  expect(stderr).toMatch(/took over none of the \d+ rows that carry its mark: it made them itself/);
  expect(await own.contents()).toEqual(before);
});
