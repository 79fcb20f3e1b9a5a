import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeWatch, pass } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import { openDatabase } from '@berth/ovsdb';
import { SourceFault } from '@berth/source';
import { controllerGrants, controllerRules } from '@berth/source/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { Api } from '../../packages/source/src/kube/api/api.ts';
import { applyFiles, nodes, startFieldStory } from '../support/field-story.ts';
import { backUp, restore } from '../support/kube-backup.ts';
import {
  callCounter,
  controllerUser,
  eventually,
  get,
  kubectl,
  lease,
  untilMay,
} from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';
import { oneSeat } from '../support/one-seat.ts';
import { startRelay } from '../support/relay.ts';

let kube: OwnKubeServer;
let bench: Bench;
beforeAll(async () => {
  [kube, bench] = await startFieldStory();
  await cp(bench.nb.file, emptyNb());
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
    await backUp(kube);
    await place('centralized');
    await controller.until(async () => (await placement()) === 'centralized', 'forbidden');
    await restore(kube);
    await controller.until(() => {
      const [nat] = controller.ovn.northbound.snapshot().table('NAT');
      return nat?.logical_port === 'web.default';
    }, 'forbidden');
    expect(await placement()).toBe('distributed');
  });
});

test('connections that go nowhere are given up, and what happened meanwhile is heard of', async () => {
  await using relay = await startRelay(Number(new URL(kube.url).port));
  const kubeconfig = join(kube.folder, 'relayed.kubeconfig');
  const direct = await readFile(kube.kubeconfig(controllerUser), 'utf8');
  await writeFile(kubeconfig, direct.replace(kube.url, `https://127.0.0.1:${relay.port}`), { mode: 0o600 });
  const ends: string[] = [];
  await using controller = await openKubeController(kube, bench, {
    kubeconfig,
    times: { answerMs: 1_000, silenceMs: 2_000 },
    observe: { watchEnded: (_kind, why) => ends.push(why) },
  });
  await controller.settle();
  relay.freeze();
  const type = (await placement()) === 'centralized' ? 'distributed' : 'centralized';
  await place(type);
  await controller.until(async () => (await placement()) === type);
  expect(ends).toContain('silent');
});

/** Takes the seat again and again, until disposed. */
function takeSeat(): AsyncDisposable {
  const api = new Api({ kubeconfig: kube.kubeconfig(controllerUser) });
  let isDone = false;
  const path = '/apis/kubeovn.io/v1/ovn-fips/web/status';
  const lane = async (): Promise<void> => {
    while (!isDone) {
      await api.call({ method: 'PATCH', path, patch: 'merge', body: {} }).catch(() => undefined);
    }
  };
  const lanes = Array.from({ length: 16 }, lane);
  return {
    async [Symbol.asyncDispose]() {
      isDone = true;
      await Promise.all(lanes);
      await api.close();
    },
  };
}

test('an API server that asks for patience is told with the time that it asks for, and gets it', async () => {
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  await kube.apply(oneSeat('ovn-fips/status'));
  let type: 'centralized' | 'distributed' = 'distributed';
  let fault: unknown;
  {
    await using _busy = takeSeat();
    // The server takes a while to go by its new rules.
    await eventually(async () => {
      type = type === 'distributed' ? 'centralized' : 'distributed';
      await place(type);
      await controller.seen(({ OvnFip }) => OvnFip[0]?.spec.type === type);
      fault = await controller.pass().catch((thrown: unknown) => thrown);
      return fault instanceof SourceFault && fault.code === 'cluster-busy';
    });
  }
  expect(fault).toMatchObject({ retry: 'backoff' });
  const { retryAfterMs = 0 } = fault instanceof SourceFault ? fault : {};
  expect(retryAfterMs).toBeGreaterThanOrEqual(1_000);
  expect(controller.ovn.northbound.snapshot().table('NAT').size).toBe(1);
  await controller.until(async () => (await placement()) === type, 'cluster-busy');
  await kubectl(kube, 'delete', 'flowschema,prioritylevelconfiguration', 'one-seat');
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
    await untilMay(kube, controllerUser, false, 'patch', 'ovn-fips.kubeovn.io', '--subresource=status');
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

test('a right that is missing for orders keeps nothing else from being written, and no pass waiting', async () => {
  await using controller = await openKubeController(kube, bench);
  await controller.settle();
  const without = controllerRules().filter(({ resources }) => !resources.includes('nodeorders'));
  await kube.apply(controllerGrants(controllerUser, lease, without));
  await untilMay(kube, controllerUser, false, 'list', 'nodeorders.gateway.berth.dev');
  await using held = openNodeWatch(controller.source);
  const type = (await placement()) === 'centralized' ? 'distributed' : 'centralized';
  await place(type);
  await controller.seen(({ OvnFip }) => OvnFip[0]?.spec.type === type);
  let fault: unknown;
  await eventually(async () => {
    fault = await pass({ ...controller, nodes: held.nodes }).catch((thrown: unknown) => thrown);
    return (await placement()) === type;
  });
  expect(fault).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('cannot list resource "nodeorders"'),
  });
  await kube.apply(controllerGrants(controllerUser, lease));
  await eventually(() =>
    pass({ ...controller, nodes: held.nodes }).then(
      () => true,
      () => false,
    ),
  );
  expect((await get(kube, 'nodeorders')).items.length).toBe(nodes.length);
});

/** The database file of NB as it was before anything was written to it. */
function emptyNb(): string {
  return `${bench.nb.file}.empty`;
}

function rules({ ovn }: KubeController): readonly string[] {
  return [...ovn.northbound.snapshot().table('NAT')].map(
    (row) => `${row['external_ip']} ${row['external_mac']}`,
  );
}

describe('NB', () => {
  test('that somebody empties is filled with what is stored, and nothing is written to the cluster for it', async () => {
    const calls = callCounter();
    await using controller = await openKubeController(kube, bench, { observe: calls.observe });
    await place('distributed');
    await controller.seen(({ OvnFip }) => OvnFip[0]?.spec.type === 'distributed');
    await controller.settle();
    const before = rules(controller);
    expect(before).toEqual([expect.stringMatching(/^10\.9\.101\.9 ([0-9a-f]{2}:){5}/)]);
    calls.clear();
    await using nb = await openDatabase({ remotes: [bench.nb.remote], database: 'OVN_Northbound' });
    const tables = ['Logical_Router', 'Logical_Switch', 'HA_Chassis_Group', 'NB_Global'];
    await nb.transact(tables.map((table) => ({ op: 'delete', table, where: [] })));
    await eventually(() => rules(controller).length === 0);
    await controller.until(() => rules(controller).length > 0);
    await controller.settle();
    expect(rules(controller)).toEqual(before);
    expect(calls.writes().filter((path) => !path.includes('/leases/'))).toEqual([]);
  });

  test('that goes is waited for, and one that comes in its place is filled; what changed meanwhile is in it', async () => {
    await using controller = await openKubeController(kube, bench);
    await controller.settle();
    await bench.nb.kill();
    await place('centralized');
    await controller.seen(({ OvnFip }) => OvnFip[0]?.spec.type === 'centralized');
    await controller.fails({ retry: 'backoff' });
    await cp(emptyNb(), bench.nb.file);
    await bench.nb.start();
    await controller.until(async () => (await placement()) === 'centralized', 'disconnected');
    await controller.settle();
    expect(rules(controller)).toEqual(['10.9.101.9 undefined']);
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

  test('whose clocks are hours apart follow each other without a word', async () => {
    const hourMs = 3_600_000;
    {
      await using controller = await openKubeController(kube, bench);
      await controller.settle();
    }
    for (const clockAheadMs of [2 * hourMs, -2 * hourMs, 0]) {
      const calls = callCounter();
      await using controller = await openKubeController(kube, bench, {
        clockAheadMs,
        observe: calls.observe,
      });
      await controller.settle();
      expect(calls.writes().filter((path) => !path.includes('/leases'))).toEqual([]);
      const before = await placement();
      const type = before === 'centralized' ? 'distributed' : 'centralized';
      await place(type);
      await controller.until(async () => (await placement()) === type);
      await controller.settle();
    }
  });

  test('one whose clock is hours ahead gives up no pod that has the time to end', async () => {
    await using controller = await openKubeController(kube, bench, { clockAheadMs: 7_200_000 });
    await controller.settle();
    await kubectl(kube, 'delete', 'pod', 'web', '--grace-period=600', '--wait=false');
    await controller.seen(({ Pod }) => Pod.every(({ metadata }) => metadata.deletionTimestamp !== undefined));
    await controller.settle();
    expect(rules(controller)).toEqual([expect.stringMatching(/^10\.9\.101\.9 /)]);
    const ports = [...controller.ovn.northbound.snapshot().table('Logical_Switch_Port')];
    expect(ports.map(({ name }) => name)).toContain('web.default');
    const { items } = await get(kube, 'events.v1.events.k8s.io', '-A');
    expect(items.filter(({ reason }: { reason: string }) => reason === 'PodStuck')).toEqual([]);
    await kubectl(kube, 'delete', 'pod', 'web', '--force');
    await applyFiles(kube, '04-pod.yaml');
    await controller.seen(({ Pod }) => Pod.some(({ metadata }) => metadata.deletionTimestamp === undefined));
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
    // It may have noticed before kubectl has ended.
    await eventually(() => stopped.source.lost.aborted);
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
