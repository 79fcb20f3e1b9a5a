import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { startFieldStory } from '../support/field-story.ts';
import { applyObjects, get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, natsOf, openKubeController } from '../support/kube-controller.ts';
import { floatingIpObjects, kubeOvn, nodeObject, podObject } from '../support/kube-objects.ts';

let kube: OwnKubeServer;
let bench: Bench;
let controller: KubeController;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
  controller = await openKubeController(kube, bench);
  await controller.settle();
});
afterAll(async () => {
  await controller?.[Symbol.asyncDispose]();
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const web = '10.9.101.9 192.168.0.4';

/** Replaces an object as somebody does who has an old file of it, and nothing of what was written to it since. */
async function replaceOld(kind: string, name: string, change: object = {}): Promise<void> {
  const object = await get(kube, kind, name);
  const file = join(kube.folder, 'old.json');
  await writeFile(file, JSON.stringify({ ...object, metadata: { name }, ...change }));
  await kubectl(kube, 'replace', '-f', file);
}

test.each([
  ['vpc', 'vpc1'],
  ['subnet', 'external0'],
  ['subnet', 'vpc1-subnet1'],
  ['ovn-eip', 'web'],
  ['ovn-fip', 'web'],
  ['ip', 'web.default'],
])(
  '%s/%s that is replaced by an old file of it has its finalizer and status again, and its rows stay',
  async (kind, name) => {
    const lies = [{ type: 'Ready', status: 'False', reason: 'Stale', message: 'of yesterday' }];
    const status = {
      conditions: lies.map((each) => ({ ...each, lastTransitionTime: '2020-01-01T00:00:00Z' })),
    };
    const before = await get(kube, kind, name);
    await replaceOld(kind, name, kind === 'ip' ? {} : { status });
    const finalizers = async () => (await get(kube, kind, name)).metadata.finalizers;
    await controller.until(async () => (await finalizers())?.includes('kubeovn.io/kube-ovn-controller'));
    await controller.settle();
    expect(natsOf(controller)).toEqual([web]);
    expect((await get(kube, kind, name)).status).toEqual(before.status);
  },
);

test('one that loses its finalizer and is deleted at once leaves no row, and nobody else’s row changes', async () => {
  await applyObjects(kube, ...floatingIpObjects('gone', '192.168.0.60'));
  await controller.until(() => natsOf(controller).length === 2);
  await controller.settle();
  for (const kind of ['ovn-eip', 'ovn-fip']) {
    await replaceOld(kind, 'gone');
    await kubectl(kube, 'delete', kind, 'gone', '--force', '--grace-period=0');
  }
  await controller.until(() => natsOf(controller).length === 1);
  await controller.settle();
  expect(natsOf(controller)).toEqual([web]);
  expect(await kubectl(kube, 'get', 'ovn-eips,ovn-fips', '-o', 'name')).not.toContain('gone');
});

test.each([
  { ready: false, v4Ip: '9.9.9.9', conditions: [] },
  { conditions: null },
  { conditions: [{ type: 'Ready', status: 'Maybe' }] },
  null,
])('a status that somebody writes over is told anew, and changes no row: %j', async (status) => {
  for (const object of ['ovn-fip/web', 'ovn-eip/web', 'subnet/external0', 'vpc/vpc1']) {
    const [kind = '', name = ''] = object.split('/');
    const said = async () => {
      const { conditions = [] } = (await get(kube, kind, name)).status ?? {};
      return conditions?.map(({ type, status: is, reason, message }: Record<string, string>) => [
        ...[type, is, reason, message],
      ]);
    };
    const before = await said();
    const patch = JSON.stringify({ status });
    await kubectl(kube, 'patch', kind, name, '--subresource=status', '--type=merge', '-p', patch);
    await controller.until(async () => JSON.stringify(await said()) === JSON.stringify(before));
    await controller.settle();
  }
  expect(natsOf(controller)).toEqual([web]);
});

test('a namespace that ends takes its pods’ addresses along and nobody else’s; one of the same name begins anew', async () => {
  const pod = podObject('web', 'vnode-103-176', 'vpc1-subnet1', '192.168.0.61');
  const inShop = { ...pod, metadata: { ...pod.metadata, namespace: 'shop' } };
  const row = '10.9.101.61 192.168.0.61';
  await kubectl(kube, 'create', 'namespace', 'shop');
  await applyObjects(
    kube,
    inShop,
    kubeOvn('OvnEip', 'shop', { externalSubnet: 'external0', v4Ip: '10.9.101.61' }),
    kubeOvn('OvnFip', 'shop', { ovnEip: 'shop', ipName: 'web.shop' }),
  );
  await controller.until(() => natsOf(controller).includes(row));
  await controller.settle();
  await kubectl(kube, 'delete', 'namespace', 'shop', '--wait=false');
  // No event can be made in it any more, and all else is written.
  await kubectl(kube, 'patch', 'ovn-fip', 'shop', '--type=merge', '-p', '{"spec":{"type":"centralized"}}');
  await controller.until(async () => (await get(kube, 'ovn-fip', 'shop')).status.placement === 'centralized');
  expect(natsOf(controller)).toContain(row);
  await kubectl(kube, '-n', 'shop', 'delete', 'pod', 'web', '--force');
  const { spec: _spec, ...namespace } = await get(kube, 'namespace', 'shop');
  const file = join(kube.folder, 'namespace.json');
  await writeFile(file, JSON.stringify({ ...namespace, spec: { finalizers: [] } }));
  await kubectl(kube, 'replace', '--raw', '/api/v1/namespaces/shop/finalize', '-f', file);
  await controller.until(() => !natsOf(controller).includes(row));
  const [ready] = (await get(kube, 'ovn-fip', 'shop')).status.conditions;
  expect(ready.message).toContain('make pod/shop/web, which gets ip/web.shop');
  await kubectl(kube, 'create', 'namespace', 'shop');
  await applyObjects(kube, inShop);
  await controller.until(() => natsOf(controller).includes(row));
  await controller.settle();
  expect(natsOf(controller)).toContain(web);
  await kubectl(kube, 'delete', 'ovn-fip,ovn-eip', 'shop', '--wait=false');
  await controller.until(() => !natsOf(controller).includes(row));
});

test('a node that is made anew under its name is a gateway again, and the floating IP stays all the time', async () => {
  const gateways = async () =>
    (await get(kube, 'vpc', 'vpc1')).status.conditions.map(({ message }: { message: string }) => message);
  const { metadata } = await get(kube, 'node', 'vnode-103-177');
  await kubectl(kube, 'delete', 'node', 'vnode-103-177');
  await controller.until(async () => !(await gateways()).join().includes('vnode-103-177'));
  expect(natsOf(controller)).toEqual([web]);
  const anew = nodeObject('vnode-103-177');
  await applyObjects(kube, { ...anew, metadata: { ...anew.metadata, labels: metadata.labels } });
  // Behind the one that stayed: a node that comes moves nothing.
  await controller.until(async () => (await gateways()).join().endsWith('vnode-117-46, vnode-103-177'));
  expect((await get(kube, 'node', 'vnode-103-177')).metadata.uid).not.toBe(metadata.uid);
  expect(natsOf(controller)).toEqual([web]);
});
