import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, type Controller, openController, startBench } from '../testing/bench.ts';
import { memoryOf } from './memory.ts';
import { observedFabric } from './observed-fabric.ts';
import { type PassResult, pass } from './pass.ts';
import { planOf } from './plan-of.ts';
import { preview } from './prepare.ts';

const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const at = (time: string): string => `2026-01-01T${time}Z`;

let bench: Bench;
let controller: Controller;
let memory: ReturnType<typeof memoryOf>;

beforeEach(async () => {
  bench = await startBench(example, ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'], 'external0');
  await amend((text) => text.replace(podName, `${podName}${owner}`));
  await open();
});
afterEach(async () => {
  await controller[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const podName = '  name: web\n';
const owner =
  '  ownerReferences:\n    - {apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u, controller: true}\n';

async function open(): Promise<void> {
  controller = await openController(bench);
  memory = memoryOf(controller.settings);
}

async function amend(change: (text: string) => string): Promise<void> {
  const file = join(bench.folder, podFile);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

const podFile = '04-pod.yaml';

const passAt = (time: string): Promise<PassResult> => pass({ ...controller, memory, now: () => at(time) });

/** What somebody who only looks at objects and NB would do at a time, and is told. */
async function looked(time: string) {
  const { source, ovn, settings } = controller;
  const { result, listing } = await preview(source, observedFabric(controller).fabric, settings, at(time));
  const { changes } = planOf(ovn, result.intent, settings);
  const codes = result.findings.map(({ code, object }) => `${code} ${object?.name}`);
  return { changes: changes.length, codes, pods: listing.resources.Pod.length };
}

test('what is kept for the next pod of a StatefulSet is known to all who look, and to the next controller', async () => {
  await passAt('08:00:00');
  await amend(() => '');
  expect((await passAt('08:01:00')).plan.changes).toEqual([]);
  await passAt('08:01:01');
  expect(await looked('08:01:30')).toEqual({ changes: 0, codes: ['address-kept web.default'], pods: 0 });

  await controller[Symbol.asyncDispose]();
  await open();
  const next = await passAt('08:01:59');
  expect(next.plan.changes).toEqual([]);
  expect(next.dueInMs).toBe(1_000);
  expect(next.findings.map(({ message }) => message)).toEqual([
    'pod/default/web is gone since 2026-01-01T08:01:00Z: ip/web.default is kept until 2026-01-01T08:02:00Z for the next pod of that name',
  ]);
  const fip = (await controller.source.list()).resources.OvnFip[0];
  expect(fip?.status?.conditions?.[0]?.reason).toBe('AddressKept');
  expect(fip?.status?.conditions?.[0]?.message).toContain(
    'pod/default/web is gone since 2026-01-01T08:01:00Z; its address is kept until 2026-01-01T08:02:00Z for the next pod of that name',
  );

  expect((await looked('08:02:00')).codes).toContain('reference-not-found web');
  expect((await passAt('08:02:00')).plan.changes.map(({ table }) => table)).toContain('NAT');
});

test('the pod that comes takes the note away', async () => {
  await passAt('08:00:00');
  const text = await readFile(join(bench.folder, podFile), 'utf8');
  await amend(() => '');
  await passAt('08:01:00');
  const noted = async () =>
    (await controller.source.list()).resources.IP.map(({ metadata }) => Object.keys(metadata.annotations));
  expect((await noted())[0]).toContain('berth.dev/awaited-pod');
  await amend(() => text);
  expect((await passAt('08:01:20')).plan.changes).toEqual([]);
  expect((await noted())[0]).not.toContain('berth.dev/awaited-pod');
});
