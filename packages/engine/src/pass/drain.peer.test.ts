import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, type Controller, openController, startBench } from '../testing/bench.ts';
import { claimGateway } from '../testing/chassis.ts';
import { observedFabric } from './observed-fabric.ts';
import { type PassResult, pass } from './pass.ts';
import { preview } from './prepare.ts';

const example = new URL('../../../../examples/13-strict', import.meta.url).pathname;
const at = (time: string): string => `2026-01-01T${time}Z`;

let bench: Bench;
let controller: Controller;

beforeEach(async () => {
  bench = await startBench(example, ['node-1', 'node-2', 'node-3'], 'external0');
  controller = await openController(bench);
});
afterEach(async () => {
  await controller[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const passAt = (time: string): Promise<PassResult> => pass({ ...controller, now: () => at(time) });

/** The chassis that NB prefers. */
function preferred(): string | undefined {
  const members = [...controller.ovn.northbound.snapshot().table('Gateway_Chassis')];
  return members.sort((left, right) => right.priority - left.priority)[0]?.chassis_name;
}

async function cordon(node: string): Promise<void> {
  const file = join(bench.folder, '01-nodes.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text
      .split('---\n')
      .map((one) => (one.includes(`name: ${node}\n`) ? `${one}spec:\n  unschedulable: true\n` : one))
      .join('---\n'),
  );
}

test('a gateway that is cordoned drains for as long as the policy says, over a restart of the controller', async () => {
  await passAt('08:00:00');
  const chassis = preferred() ?? '';
  const leaving = chassis.replace('chassis-', '');
  await claimGateway(bench.sb.remote, 'cr-vpc1-external0', chassis);
  const bindings = () => controller.ovn.southbound.snapshot().table('Port_Binding').size;
  await expect.poll(bindings).toBe(1);
  await passAt('08:00:01');
  await cordon(leaving);
  const begun = await passAt('08:00:02');
  expect(begun.plan.changes).toEqual([]);
  expect(begun.dueInMs).toBe(30_000);
  const [told] = begun.findings.filter(({ code }) => code === 'gateway-draining');
  expect(told?.message).toContain(`node/${leaving} is to leave`);
  expect(told?.message).toMatch(/established connections of ovn-snat-rule\/\S+ may end$/);

  const { fabric } = observedFabric(controller);
  const { result } = await preview(controller.source, fabric, controller.settings, at('08:00:13'));
  expect(result.findings.find(({ code }) => code === 'gateway-draining')?.message).toContain(
    'it serves for 19 s more',
  );

  await controller[Symbol.asyncDispose]();
  controller = await openController(bench);
  expect((await passAt('08:00:31')).plan.changes).toEqual([]);
  expect(preferred()).toBe(chassis);
  const moved = await passAt('08:00:32');
  expect(moved.plan.changes.flatMap(({ interrupts }) => interrupts?.flows ?? [])).not.toEqual([]);
  expect(preferred()).not.toBe(chassis);
  expect(moved.dueInMs).toBeUndefined();
});
