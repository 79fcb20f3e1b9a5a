import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../support/field-story.ts';
import { backUp, restore } from '../support/kube-backup.ts';
import { applyObjects, get, kubectl, lease } from '../support/kube-bench.ts';
import { natsOf, openKubeController } from '../support/kube-controller.ts';
import { floatingIpObjects } from '../support/kube-objects.ts';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

test('what came after the backup goes with its rows, and what was deleted comes back, though others had its address', async () => {
  await using controller = await openKubeController(kube, bench);
  await applyObjects(kube, ...floatingIpObjects('old', '192.168.0.51', { v4Ip: '10.9.101.51' }));
  await controller.until(() => natsOf(controller).includes('10.9.101.51 192.168.0.51'));
  await controller.settle();
  await backUp(kube);
  await controller.until(async () => (await get(kube, 'ovn-eip', 'old')).status.nat === 'fip');
  const before = natsOf(controller);
  await kubectl(kube, 'delete', 'ovn-fip,ovn-eip', 'old', '--wait=false');
  await controller.until(() => !natsOf(controller).includes('10.9.101.51 192.168.0.51'));
  await applyObjects(kube, ...floatingIpObjects('new', '192.168.0.52', { v4Ip: '10.9.101.51' }));
  await controller.until(() => natsOf(controller).includes('10.9.101.51 192.168.0.52'), 'forbidden');
  await controller.settle();
  await restore(kube);
  await controller.until(() => natsOf(controller).includes('10.9.101.51 192.168.0.51'), 'forbidden');
  await controller.settle();
  expect(natsOf(controller)).toEqual(before);
  expect((await kubectl(kube, 'get', 'ovn-fips')).includes('new')).toBe(false);
  const { status } = await get(kube, 'ovn-fip', 'old');
  expect(status).toMatchObject({ v4Eip: '10.9.101.51', v4Ip: '192.168.0.51' });
});

test('a Lease with an older epoch than NB has is led with a higher one', async () => {
  const epochs: number[] = [];
  const lead = async (): Promise<void> => {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    epochs.push(controller.fence.epoch);
  };
  await lead();
  await backUp(kube);
  await lead();
  await restore(kube);
  const { metadata } = await get(kube, '-n', lease.namespace, 'lease', lease.name);
  expect(metadata.annotations).toEqual({ 'berth.dev/epoch': String(epochs[0]) });
  await lead();
  expect(epochs[2]).toBe((epochs[1] ?? 0) + 1);
});
