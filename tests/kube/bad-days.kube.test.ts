import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnKubeServer } from '@berth/lab';
import { controllerGrants, controllerRules } from '@berth/source/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, startBench } from '../../packages/engine/src/testing/bench.ts';
import { controllerUser, get, kubectl, lease, openKubeController, startKube } from '../support/kube-bench.ts';

const example = join(import.meta.dirname, '../../examples/01-field-story');
const nodes = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await Promise.all([startKube(), startBench(example, nodes, 'external0')]);
  await kubectl(kube, 'apply', '--server-side', '-f', example);
});
afterAll(async () => {
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** Asks for another placement, so that there is something to program and to store. */
function place(type: 'centralized' | 'distributed'): Promise<string> {
  return kubectl(kube, 'patch', 'ovn-fip', 'web', '--type=merge', '-p', JSON.stringify({ spec: { type } }));
}

async function replaceIn(file: string, before: string, after: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(before, after));
}

async function placement(): Promise<string> {
  return (await get(kube, 'ovn-fip', 'web')).status.placement;
}

describe('the API server', () => {
  test('goes and comes back: what is known goes on, what is to be stored waits', async () => {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    await place('centralized');
    await controller.seen(({ OvnFip }) => OvnFip[0]?.spec.type === 'centralized');
    await kube.kill('kube-apiserver');
    await expect(controller.pass()).rejects.toMatchObject({
      code: 'cluster-unreachable',
      retry: 'backoff',
      message: expect.stringContaining(kube.url),
    });
    const [nat] = controller.ovn.northbound.snapshot().table('NAT');
    expect(nat?.logical_port).toBeUndefined();
    await kube.restart('kube-apiserver');
    await controller.until(async () => (await placement()) === 'centralized', 'forbidden');
    await place('distributed');
    await controller.until(async () => (await placement()) === 'distributed', 'forbidden');
  });

  test('comes back with an older state: that is what counts', async () => {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    const data = join(kube.folder, 'etcd');
    await kube.kill('kube-apiserver');
    await kube.kill('etcd');
    await cp(data, `${data}.backup`, { recursive: true });
    await kube.restart('etcd', 'kube-apiserver');
    await place('centralized');
    await controller.until(async () => (await placement()) === 'centralized', 'forbidden');
    await kube.kill('kube-apiserver');
    await kube.kill('etcd');
    await rm(data, { recursive: true });
    await cp(`${data}.backup`, data, { recursive: true });
    await kube.restart('etcd', 'kube-apiserver');
    await controller.until(() => {
      const [nat] = controller.ovn.northbound.snapshot().table('NAT');
      return nat?.logical_port === 'web.default';
    }, 'forbidden');
    expect(await placement()).toBe('distributed');
  });
});

describe('credentials', () => {
  test('that expired are told, and read again once they are renewed', async () => {
    const kubeconfig = kube.kubeconfig(controllerUser);
    const { tokenFile, users } = kube.credentials;
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    const old = users.find(({ name }) => name === controllerUser)?.token ?? '';
    await kube.kill('kube-apiserver');
    await replaceIn(tokenFile, old, 'renewed');
    await kube.restart('kube-apiserver');
    await controller.fails({
      code: 'unauthorized',
      retry: 'backoff',
      message: expect.stringContaining('expired'),
    });
    await replaceIn(kubeconfig, old, 'renewed');
    await place('centralized');
    await controller.until(async () => (await placement()) === 'centralized', 'unauthorized');
  });

  test('that lack a verb are told with the verb and the object', async () => {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    const without = controllerRules().map((rule) => ({
      ...rule,
      resources: rule.resources.filter((each) => each !== 'ovn-fips/status'),
    }));
    await kube.apply(
      controllerGrants(
        controllerUser,
        lease,
        without.filter(({ resources }) => resources.length > 0),
      ),
    );
    await place('distributed');
    await controller.fails({
      code: 'forbidden',
      retry: 'backoff',
      message: expect.stringMatching(/ovn-fip\/web.*cannot patch resource "ovn-fips\/status"/),
    });
    await kube.apply(controllerGrants(controllerUser, lease));
    await controller.until(async () => (await placement()) === 'distributed', 'forbidden');
  });
});

describe('two controllers', () => {
  test('one leads; the other waits, takes over with a higher epoch, and the first can write no more', async () => {
    const first = await openKubeController(kube, bench);
    await first.settle();
    let hasTakenOver = false;
    const second = openKubeController(kube, bench).then((controller) => {
      hasTakenOver = true;
      return controller;
    });
    await first.pass();
    expect(hasTakenOver).toBe(false);
    await first[Symbol.asyncDispose]();
    await using controller = await second;
    expect(controller.fence.epoch).toBe(first.fence.epoch + 1);
    const held = await get(kube, '-n', lease.namespace, 'lease', lease.name);
    expect(held.metadata.annotations).toEqual({ 'berth.dev/epoch': String(controller.fence.epoch) });
    await expect(first.source.storeEpoch(first.fence.epoch + 1)).rejects.toMatchObject({
      code: 'lease-lost',
    });
    await controller.settle();
  });

  test('one that was stopped for long finds another in its place', async () => {
    const stopped = await openKubeController(kube, bench);
    const { resources } = await stopped.source.list();
    const [fip] = resources.OvnFip;
    await kubectl(
      kube,
      '-n',
      lease.namespace,
      'patch',
      'lease',
      lease.name,
      '--type=merge',
      '-p',
      '{"spec":{"holderIdentity":"thief"}}',
    );
    await new Promise<void>((resolve) => stopped.source.lost.addEventListener('abort', () => resolve()));
    if (!fip) throw new Error('no floating IP');
    await expect(stopped.source.store([{ verb: 'upsert', object: fip }])).rejects.toMatchObject({
      code: 'lease-lost',
      retry: 'never',
    });
    await stopped[Symbol.asyncDispose]();
    const left = await get(kube, '-n', lease.namespace, 'lease', lease.name);
    expect(left.spec.holderIdentity).toBe('thief');
    await kubectl(kube, '-n', lease.namespace, 'delete', 'lease', lease.name);
  });
});
