import { memoryOf, pass } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { applyFiles, startStory } from '../support/field-story.ts';
import { applyObjects, eventually, get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';
import { kubeOvn, podObject, type Written } from '../support/kube-objects.ts';

const router = 'vpc1-external0';

let kube: OwnKubeServer;
let bench: Bench;
let controller: KubeController;
beforeAll(async () => {
  [kube, bench] = await startStory();
  controller = await openKubeController(kube, bench);
});
afterAll(async () => {
  await controller?.[Symbol.asyncDispose]();
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

function eip(name: string, v4Ip: string): Written {
  return kubeOvn('OvnEip', name, { externalSubnet: 'external0', v4Ip });
}

/** The address of an EIP, and what its condition Ready says. */
async function shown(name: string): Promise<string> {
  const { status } = await get(kube, 'ovn-eip', name);
  const [{ reason = '', message = '' } = {}] = status?.conditions ?? [];
  return `${status?.v4Ip ?? 'none'} ${reason}: ${message}`;
}

async function addressOf(pod: string): Promise<string | undefined> {
  const { items } = await get(kube, 'ips');
  return items.find(({ metadata }: Written) => metadata.name === `${pod}.default`)?.spec.v4IpAddress;
}

const natRows = (): readonly string[] =>
  [...controller.ovn.northbound.snapshot().table('NAT')].map((row) => String(row['external_ip']));

describe('addresses', () => {
  test('a router port gives way to the EIP that asks for the address it has, and both are programmed', async () => {
    await applyFiles(kube, '01-nodes.yaml', '02-external-network.yaml', '03-vpc.yaml', '04-pod.yaml');
    await controller.until(async () =>
      (await shown(router).catch(String)).startsWith('10.9.101.9 Programmed'),
    );
    const ports = () =>
      [...controller.ovn.northbound.snapshot().table('Logical_Router_Port')]
        .filter(({ name }) => name === router)
        .flatMap(({ networks }) => [...networks]);
    expect(ports()).toEqual(['10.9.101.9/24']);
    await applyFiles(kube, '05-floating-ip.yaml');
    await controller.until(async () => (await shown('web')).startsWith('10.9.101.9 Programmed: '));
    await controller.settle();
    expect([natRows(), ports()]).toEqual([['10.9.101.9'], ['10.9.101.10/24']]);
    expect(await shown(router)).toMatch(/^10\.9\.101\.10 Programmed: /);
    expect((await get(kube, 'ovn-eip', router)).metadata.annotations).toMatchObject({
      'berth.dev/chosen-addresses': '10.9.101.10',
    });
    expect((await get(kube, 'ovn-eip', 'web')).metadata.annotations).not.toHaveProperty([
      'berth.dev/chosen-addresses',
    ]);
  });

  test('one that is used stays; whoever asks for it hears who has it and what to do, and gets it once it is free', async () => {
    await applyObjects(kube, eip('late', '10.9.101.9'));
    await controller.until(async () => (await shown('late')).includes('AddressTaken'));
    expect(await shown('late')).toBe(
      'none AddressTaken: 10.9.101.9 is taken by ovn-eip/web; choose another address, or leave the field out',
    );
    const described = await kubectl(kube, 'describe', 'ovn-eip', 'late');
    expect(described).toMatch(
      /Warning +AddressTaken .*10\.9\.101\.9 is taken by ovn-eip\/web; choose another/,
    );
    const { generation } = (await get(kube, 'ovn-eip', 'late')).metadata;
    await kubectl(kube, 'delete', 'ovn-fip,ovn-eip', 'web', '--wait=false');
    await controller.until(async () => (await shown('late')).startsWith('10.9.101.9 Programmed: '));
    expect((await get(kube, 'ovn-eip', 'late')).metadata.generation).toBeLessThanOrEqual(generation + 1);
    await kubectl(kube, 'delete', 'ovn-eip', 'late', '--wait=false');
    await controller.until(async () => (await get(kube, 'ovn-eips')).items.length === 1);
    await applyFiles(kube, '05-floating-ip.yaml');
    await controller.until(async () => (await shown('web')).startsWith('10.9.101.9 Programmed: '));
  });
});

describe('a pod', () => {
  test('that cannot have what it asks for says so to kubectl describe', async () => {
    await applyObjects(kube, podObject('second', 'vnode-103-177', 'vpc1-subnet1', '192.168.0.4'));
    const described = () => kubectl(kube, 'describe', 'pod', 'second');
    await controller.until(async () => (await described()).includes('AddressTaken'));
    expect(await described()).toMatch(
      /Warning +AddressTaken .*192\.168\.0\.4 is taken by pod\/default\/web; choose another address, or leave the field out/,
    );
    await controller.settle();
    const { items } = await get(kube, 'events.v1.events.k8s.io', '-n', 'default');
    expect(
      items.filter(({ regarding }: { regarding: Written['metadata'] }) => regarding.name === 'second'),
    ).toHaveLength(1);
    await kubectl(kube, 'delete', 'pod', 'second', '--force');
  });

  test('keeps its address and its floating IP while it ends, and gives them up when it is gone', async () => {
    // A pod that is bound to a node ends when the node's kubelet says so, which nobody is here.
    await kubectl(kube, 'delete', 'pod', 'web', '--force');
    await applyObjects(kube, podObject('web', 'vnode-103-176', 'vpc1-subnet1', '192.168.0.4'));
    await controller.until(async () => (await addressOf('web')) === '192.168.0.4' && natRows().length === 1);
    await kubectl(kube, 'delete', 'pod', 'web', '--wait=false');
    await controller.seen(({ Pod }) => Pod.some(({ metadata }) => metadata.deletionTimestamp !== undefined));
    const { dueInMs = 0 } = await controller.settle();
    // Not when it is to have ended, but half a minute later.
    const { deletionTimestamp } = (await get(kube, 'pod', 'web')).metadata;
    expect(Date.now() + dueInMs).toBeGreaterThanOrEqual(Date.parse(deletionTimestamp) + 30_000);
    expect([await addressOf('web'), natRows()]).toEqual(['192.168.0.4', ['10.9.101.9']]);
    await kubectl(kube, 'delete', 'pod', 'web', '--force');
    await controller.until(async () => (await addressOf('web')) === undefined && natRows().length === 0);
  });

  test('keeps the IP that somebody deletes while it is there, and nothing else waits for it', async () => {
    await applyObjects(kube, podObject('web', 'vnode-103-176', 'vpc1-subnet1', '192.168.0.4'));
    await controller.until(async () => (await addressOf('web')) === '192.168.0.4' && natRows().length === 1);
    await kubectl(kube, 'delete', 'ip', 'web.default', '--wait=false');
    await controller.seen(({ IP }) => IP.some(({ metadata }) => metadata.deletionTimestamp !== undefined));
    await applyObjects(kube, podObject('other', 'vnode-103-176', 'vpc1-subnet1', '192.168.0.44'));
    await controller.until(async () => (await addressOf('other')) === '192.168.0.44');
    expect([await addressOf('web'), natRows()]).toEqual(['192.168.0.4', ['10.9.101.9']]);
    expect(await kubectl(kube, 'describe', 'ip', 'web.default')).toMatch(/Warning +InUse .*used by pod/);
    await kubectl(kube, 'delete', 'pod', 'web', 'other', '--force');
    await controller.until(async () => (await addressOf('web')) === undefined && natRows().length === 0);
  });

  test('that is done gives its address to the next, though it is still there', async () => {
    await applyObjects(kube, podObject('job', 'vnode-103-177', 'vpc1-subnet1', '192.168.0.4'));
    await controller.until(async () => (await addressOf('job')) === '192.168.0.4');
    const phase = JSON.stringify({ status: { phase: 'Succeeded' } });
    await kubectl(kube, 'patch', 'pod', 'job', '--subresource=status', '--type=merge', '-p', phase);
    await applyObjects(kube, podObject('web', 'vnode-103-176', 'vpc1-subnet1', '192.168.0.4'));
    await controller.until(async () => (await addressOf('web')) === '192.168.0.4' && natRows().length === 1);
    expect(await addressOf('job')).toBeUndefined();
    expect((await get(kube, 'pod', 'job')).status.phase).toBe('Succeeded');
  });

  test('of a StatefulSet gets the address that the one before it had, wherever it comes back', async () => {
    const memory = memoryOf(controller.settings);
    const passUntil = (condition: () => Promise<boolean>) =>
      eventually(async () => {
        await pass({ ...controller, memory }).catch(() => undefined);
        return condition();
      });
    const free = (name: string, node: string): Written => {
      const { metadata, ...rest } = podObject(name, node, 'vpc1-subnet1', '');
      return {
        ...rest,
        metadata: { ...metadata, annotations: { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' } },
      };
    };
    const ofSet = (node: string): Written => {
      const owner = {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        name: 'db',
        uid: 'a-b-c',
        controller: true,
      };
      const { metadata, ...rest } = free('db-0', node);
      return { ...rest, metadata: { ...metadata, ownerReferences: [owner] } as Written['metadata'] };
    };
    await applyObjects(kube, ofSet('vnode-103-176'));
    await passUntil(async () => (await addressOf('db-0')) === '192.168.0.2');
    await kubectl(kube, 'delete', 'pod', 'db-0', '--force');
    await applyObjects(kube, free('plain', 'vnode-103-176'));
    await passUntil(async () => (await addressOf('plain')) !== undefined);
    expect([await addressOf('db-0'), await addressOf('plain')]).toEqual(['192.168.0.2', '192.168.0.3']);
    const awaited = async () =>
      (await get(kube, 'ip', 'db-0.default')).metadata.annotations['berth.dev/awaited-pod'];
    const { since, until, pod } = JSON.parse(await awaited());
    expect([pod.metadata.name, pod.spec.nodeName, Date.parse(until) - Date.parse(since)]).toEqual([
      ...['db-0', 'vnode-103-176'],
      60_000,
    ]);
    await applyObjects(kube, ofSet('vnode-103-177'));
    const placed = async () => (await get(kube, 'ip', 'db-0.default')).spec;
    await passUntil(async () => (await placed()).nodeName === 'vnode-103-177');
    expect((await placed()).v4IpAddress).toBe('192.168.0.2');
    await passUntil(async () => (await awaited()) === undefined);
  });
});
