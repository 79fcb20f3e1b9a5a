import type { OwnKubeServer } from '@berth/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { applyFiles, startStory } from '../support/field-story.ts';
import { applyObjects, get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';
import { kubeOvn, podObject, type Written } from '../support/kube-objects.ts';

/*
 * Annotations that decide where a pod is, changed while it is there: nothing changes but what is told, until it is made anew.
 */

let kube: OwnKubeServer;
let bench: Bench;
let controller: KubeController;
beforeAll(async () => {
  [kube, bench] = await startStory();
  controller = await openKubeController(kube, bench);
  await applyFiles(kube, '01-nodes.yaml', '02-external-network.yaml', '03-vpc.yaml', '04-pod.yaml');
  await applyObjects(kube, kubeOvn('Subnet', 'other', { vpc: 'vpc1', cidrBlock: '172.30.0.0/24' }));
  await controller.until(() => Promise.resolve(port('web').includes('192.168.0.4')));
});
afterAll(async () => {
  await controller?.[Symbol.asyncDispose]();
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** Everything that NB has of a pod's port, with the switch that it is of. */
function port(pod: string): string {
  const nb = controller.ovn.northbound.snapshot();
  const [row] = [...nb.table('Logical_Switch_Port')].filter(({ name }) => name === `${pod}.default`);
  if (!row) return '';
  const of = [...nb.table('Logical_Switch')].find(({ ports }) => [...ports].includes(row._uuid));
  return `${String(of?.['name'])} ${[...row.addresses].join()}`;
}

const annotate = (pod: string, ...texts: readonly string[]): Promise<string> =>
  kubectl(kube, 'annotate', 'pod', pod, '--overwrite', ...texts.map((text) => `ovn.kubernetes.io/${text}`));

/** `Reason message` of the events about a pod. */
async function told(pod: string): Promise<readonly string[]> {
  const { items } = await get(kube, 'events.v1.events.k8s.io', '-n', 'default', '--sort-by=.eventTime');
  type Told = { readonly regarding: Written['metadata']; readonly reason: string; readonly note: string };
  return items
    .filter(({ regarding }: Told) => regarding.name === pod)
    .map(({ reason, note }: Told) => `${reason} ${note}`);
}

const ipOf = async (pod: string) => (await get(kube, 'ip', `${pod}.default`)) as Written & { spec: object };

test('a pod keeps address, MAC and subnet, is told each, and what leads to it stays, with every controller that comes', async () => {
  await applyFiles(kube, '05-floating-ip.yaml');
  const nats = () => [...controller.ovn.northbound.snapshot().table('NAT')].map((row) => row['logical_ip']);
  await controller.until(() => Promise.resolve(nats().includes('192.168.0.4')));
  await controller.settle();
  const before = port('web');
  expect(before).toMatch(/^vpc1-subnet1 \S+ 192\.168\.0\.4$/);
  const fip = String((await get(kube, 'ovn-fip', 'web')).metadata.resourceVersion);
  await annotate('web', 'ip_address=192.168.0.88', 'mac_address=0a:00:00:00:00:88', 'logical_switch=other');
  await controller.until(async () => (await told('web')).length >= 3);
  await controller.settle();
  const words = (await told('web')).filter((text) => text.startsWith('AnnotationWaits '));
  expect(words.map((text) => text.replace(/^.*kubernetes\.io\/(\w+): .*$/, '$1')).sort()).toEqual([
    'ip_address',
    'logical_switch',
    'mac_address',
  ]);
  expect(words.join('\n')).toContain('the pod keeps 192.168.0.4, which it got when it was made');
  expect(words.every((text) => text.includes('make it anew'))).toBe(true);
  await controller[Symbol.asyncDispose]();
  controller = await openKubeController(kube, bench);
  await controller.settle();
  expect(port('web')).toBe(before);
  expect((await get(kube, 'ovn-fip', 'web')).metadata.resourceVersion).toBe(fip);
  expect((await told('web')).filter((text) => text.startsWith('AnnotationWaits '))).toEqual(words);
});

test('what is written back, or taken away, is over', async () => {
  const before = port('web');
  await annotate('web', 'ip_address-', 'mac_address-', 'logical_switch=vpc1-subnet1');
  await controller.until(async () => (await told('web')).some((text) => text.startsWith('Solved ')));
  await controller.settle();
  expect(port('web')).toBe(before);
});

test('a pod whose IP object is taken away by force keeps what it has, though it asks for something else by now', async () => {
  const before = port('web');
  await annotate('web', 'ip_address=192.168.0.88', 'mac_address=0a:00:00:00:00:88');
  await controller.settle();
  await kubectl(kube, 'delete', 'ip', 'web.default', '--wait=false');
  const none = JSON.stringify({ metadata: { finalizers: null } });
  const { uid } = (await ipOf('web')).metadata as { readonly uid?: string };
  await kubectl(kube, 'patch', 'ip', 'web.default', '--type=merge', '-p', none);
  await controller.until(async () => {
    const { items } = await get(kube, 'ips');
    const [now] = items.filter(({ metadata }: Written) => metadata.name === 'web.default');
    return now !== undefined && now.metadata.uid !== uid;
  });
  await controller.settle();
  expect(port('web')).toBe(before);
  const { uid: pod } = (await get(kube, 'pod', 'web')).metadata;
  expect((await ipOf('web')).metadata.annotations).toMatchObject({ 'berth.dev/pod-uid': pod });
});

test('the pod that a StatefulSet makes anew under the name gets what it asks for, in the subnet that it asks for', async () => {
  await applyObjects(kube, podObject('db-0', 'vnode-103-177', 'vpc1-subnet1', '192.168.0.50'));
  await controller.until(() => Promise.resolve(port('db-0').endsWith(' 192.168.0.50')));
  const remake = async (subnet: string, address: string): Promise<void> => {
    await kubectl(kube, 'delete', 'pod', 'db-0', '--force');
    await applyObjects(kube, podObject('db-0', 'vnode-103-177', subnet, address));
  };
  // The same: it comes before the IP object of the former one is let go.
  await remake('vpc1-subnet1', '192.168.0.51');
  await controller.until(() => Promise.resolve(port('db-0').endsWith(' 192.168.0.51')));
  await remake('other', '172.30.0.51');
  await controller.until(() => Promise.resolve(/^other \S+ 172\.30\.0\.51$/.test(port('db-0'))));
  const { spec } = await ipOf('db-0');
  expect(spec).toMatchObject({ subnet: 'other', v4IpAddress: '172.30.0.51' });
  expect((await told('db-0')).filter((text) => text.startsWith('AnnotationWaits'))).toEqual([]);
});
