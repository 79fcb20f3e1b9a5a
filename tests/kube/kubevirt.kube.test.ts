import { memoryOf, pass } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import type { Row } from '@berth/ovsdb/value';
import { KubeReader, podsOfNode } from '@berth/source/kube';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { applyFiles, startStory } from '../support/field-story.ts';
import { applyObjects, eventually, get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';
import { podObject, type Written } from '../support/kube-objects.ts';

const [first, second, third] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'] as const;
const subnet = 'vpc1-subnet1';

let kube: OwnKubeServer;
let bench: Bench;
let controller: KubeController;
let memory: ReturnType<typeof memoryOf>;
beforeAll(async () => {
  [kube, bench] = await startStory();
  controller = await openKubeController(kube, bench);
  memory = memoryOf(controller.settings);
  await applyFiles(kube, '01-nodes.yaml', '02-external-network.yaml', '03-vpc.yaml');
});
afterAll(async () => {
  await controller?.[Symbol.asyncDispose]();
  await kube[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** The pod of an instance of the machine `vm`, as virt-controller makes it: with the labels of the instance, its node among them. */
function launcher(suffix: string, node: string, uid: string, labels: Record<string, string> = {}): Written {
  const { metadata, ...rest } = podObject(`virt-launcher-vm-${suffix}`, node, subnet, '');
  const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm', uid };
  return {
    ...rest,
    metadata: {
      ...metadata,
      annotations: { 'ovn.kubernetes.io/logical_switch': subnet, 'kubevirt.io/domain': 'vm' },
      labels: {
        'kubevirt.io': 'virt-launcher',
        'kubevirt.io/created-by': uid,
        'vm.kubevirt.io/name': 'vm',
        ...labels,
      },
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    } as Written['metadata'],
  };
}

const label = (suffix: string, text: string): Promise<string> =>
  kubectl(kube, 'label', 'pod', `virt-launcher-vm-${suffix}`, '--overwrite', text);

const end = (suffix: string, phase: string): Promise<string> =>
  kubectl(
    kube,
    ...['patch', 'pod', `virt-launcher-vm-${suffix}`, '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status: { phase } })],
  );

const remove = (suffix: string): Promise<string> =>
  kubectl(kube, 'delete', 'pod', `virt-launcher-vm-${suffix}`, '--force');

/** One pass that comes to its end; what it wrote last may be stale the first time. */
const passOnce = (remembered: ReturnType<typeof memoryOf>): Promise<void> =>
  eventually(() =>
    pass({ ...controller, memory: remembered }).then(
      () => true,
      () => false,
    ),
  );

const passUntil = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(async () => {
    await pass({ ...controller, memory }).catch(() => undefined);
    return condition();
  });

/** Every port of a workload in NB: `name chassis`. */
function ports(): readonly string[] {
  const rows: Iterable<Row> = controller.ovn.northbound.snapshot().table('Logical_Switch_Port');
  return [...rows]
    .filter(({ type }) => type === '')
    .map(({ name, options }) => `${name} ${options instanceof Map ? options.get('requested-chassis') : ''}`);
}

/** Every floating IP in NB: `logical_ip logical_port`. */
function nats(): readonly string[] {
  const rows: Iterable<Row> = controller.ovn.northbound.snapshot().table('NAT');
  return [...rows].map((row) => `${row['logical_ip']} ${[row['logical_port']].flat().join()}`);
}

/** Every IP of the cluster: `name node address podName podType`. */
async function ips(): Promise<readonly string[]> {
  const { items } = await get(kube, 'ips');
  return items.map(({ metadata, spec }: { metadata: { name: string }; spec: Record<string, string> }) =>
    [metadata.name, spec['nodeName'], spec['v4IpAddress'], spec['podName'], spec['podType']].join(' '),
  );
}

const machineOn = (node: string): readonly string[] => [`vm.default ${node} 192.168.0.2 vm VirtualMachine`];
const isOn = (node: string) => async (): Promise<boolean> => (await ips()).join() === machineOn(node).join();
const portOf = () => ports().find((each) => each.startsWith('vm.default ')) ?? '';

test('the pod of a virtual machine has the name of the machine, and a floating IP that names it works', async () => {
  await applyObjects(
    kube,
    launcher('a', first, 'i1'),
    {
      apiVersion: 'kubeovn.io/v1',
      kind: 'OvnEip',
      metadata: { name: 'web' },
      spec: { externalSubnet: 'external0' },
    },
    {
      apiVersion: 'kubeovn.io/v1',
      kind: 'OvnFip',
      metadata: { name: 'web' },
      spec: { ovnEip: 'web', ipName: 'vm.default' },
    },
  );
  await passUntil(async () => (await isOn(first)()) && nats().length === 1);
  expect(nats()).toEqual(['192.168.0.2 vm.default']);
  await label('a', `kubevirt.io/nodeName=${first}`);
});

test('a live migration moves the port once, when KubeVirt says that the guest has come', async () => {
  await using reader = new KubeReader({ kubeconfig: kube.kubeconfig(), follow: podsOfNode(second) });
  await applyObjects(
    kube,
    launcher('b', second, 'i1', { 'kubevirt.io/migrationJobUID': 'm1', 'kubevirt.io/nodeName': first }),
  );
  await controller.seen(({ Pod }) => Pod.length === 2);
  const before = portOf();
  await controller.settle();
  expect([await ips(), ports().length, portOf()]).toEqual([machineOn(first), 1, before]);
  // The agent of the target's node follows the IPs of its own node, and is told of this one when it asks.
  expect((await reader.list()).resources.IP).toEqual([]);
  expect((await reader.ipNamed('vm.default'))?.spec).toMatchObject({
    v4IpAddress: '192.168.0.2',
    nodeName: first,
  });
  expect(await reader.ipNamed('other.default')).toBeUndefined();
  await label('b', `kubevirt.io/nodeName=${second}`);
  await passUntil(isOn(second));
  await passUntil(() => portOf() !== before);
  const after = portOf();
  await end('a', 'Succeeded');
  await remove('a');
  await controller.seen(({ Pod }) => Pod.length === 1);
  await passOnce(memory);
  expect([await ips(), ports()]).toEqual([machineOn(second), [after]]);
  expect(nats()).toEqual(['192.168.0.2 vm.default']);
});

test('a machine that is restarted has its address again, though others asked for one meanwhile', async () => {
  await end('b', 'Succeeded');
  await applyObjects(kube, podObject('plain', first, subnet, ''));
  await passUntil(async () => (await ips()).length === 2);
  expect(await ips()).toContain(machineOn(second)[0]);
  await remove('b');
  await applyObjects(kube, launcher('c', third, 'i2'));
  await kubectl(kube, 'delete', 'pod', 'plain', '--force');
  await passUntil(isOn(third));
});

test('one that is off keeps it while a floating IP leads to it, and no longer', async () => {
  await remove('c');
  await controller.seen(({ Pod }) => Pod.length === 0);
  const fresh = memoryOf(controller.settings);
  await passOnce(fresh);
  expect([await ips(), nats()]).toEqual([machineOn(third), ['192.168.0.2 vm.default']]);
  await kubectl(kube, 'delete', 'ovn-fip', 'web', '--wait=false');
  await eventually(async () => {
    await pass({ ...controller, memory: fresh }).catch(() => undefined);
    return (await ips()).length === 0;
  });
});
