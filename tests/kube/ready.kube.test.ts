import { loop } from '@berth/engine';
import type { OwnKubeServer } from '@berth/lab';
import type { Uuid } from '@berth/ovsdb/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../packages/engine/src/testing/bench.ts';
import { claimGateway } from '../../packages/engine/src/testing/chassis.ts';
import { startFieldStory } from '../support/field-story.ts';
import { applyObjects, eventually, get, kubectl } from '../support/kube-bench.ts';
import { type KubeController, openKubeController } from '../support/kube-controller.ts';

/* Ready is true only where it is true, and kubectl describe says why it is not. */

let kube: OwnKubeServer;
let bench: Bench;
let controller: KubeController;
let running: Promise<void>;
const stop = new AbortController();

beforeAll(async () => {
  [kube, bench] = await startFieldStory();
  controller = await openKubeController(kube, bench, { defaultExternalSubnet: 'external0' });
  running = loop(controller, { signal: stop.signal });
  await eventually(() => controller.ovn.northbound.snapshot().table('NAT').size > 0);
});
afterAll(async () => {
  stop.abort();
  await running;
  await controller?.[Symbol.asyncDispose]();
  await kube?.[Symbol.asyncDispose]();
  await bench?.[Symbol.asyncDispose]();
});

type Condition = { readonly type: string; readonly reason: string; readonly message: string };

/** `Reason: message` of the condition Ready. */
async function ready(kind: string, name: string): Promise<string> {
  const { status } = await get(kube, kind, name);
  const conditions: readonly Condition[] = status?.conditions ?? [];
  const found = conditions.find(({ type }) => type === 'Ready');
  return `${found?.reason}: ${found?.message}`;
}

/** How often an object was told of something as an event. */
async function told(kind: string, name: string, reason: string): Promise<number> {
  const selector = `involvedObject.kind=${kind},involvedObject.name=${name},reason=${reason}`;
  const { items } = await get(kube, 'events', '-A', '--field-selector', selector);
  const counts: readonly { readonly count?: number }[] = items;
  return counts.reduce((sum, { count = 1 }) => sum + count, 0);
}

test('a floating IP whose pod has its port as a row of somebody else is not Ready, and the pod is told', async () => {
  const { nb } = controller.ovn;
  const insert = { op: 'insert', table: 'Logical_Switch_Port', uuidName: 'port' } as const;
  await nb.transact([
    { ...insert, row: { name: 'guest.default', addresses: new Set(['unknown']) } },
    {
      op: 'insert',
      table: 'Logical_Switch',
      row: { name: 'theirs', ports: new Set(['port']) },
    },
  ]);
  const annotations = { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' };
  await applyObjects(
    kube,
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'guest', namespace: 'default', annotations } },
      spec: { nodeName: 'vnode-103-176', containers: [{ name: 'c', image: 'none' }] },
    },
    {
      ...{ apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata: { name: 'guest' } },
      spec: { externalSubnet: 'external0' },
    },
    {
      ...{ apiVersion: 'kubeovn.io/v1', kind: 'OvnFip', metadata: { name: 'guest' } },
      spec: { ovnEip: 'guest', ipName: 'guest.default' },
    },
  );
  const said =
    /^RowClash: ip\/guest\.default: the Logical_Switch_Port row guest\.default \(.*was not made by Berth/;
  await eventually(async () => said.test(await ready('ovn-fip', 'guest')));
  expect(await ready('ovn-eip', 'guest')).toMatch(said);
  await eventually(async () => (await told('Pod', 'guest', 'RowClash')) > 0);
  expect(await told('IP', 'guest.default', 'RowClash')).toBe(1);
  // Nobody has it any more, so that other words are told of it: that is no solution.
  await nb.transact([
    {
      ...{ op: 'update', table: 'Logical_Switch_Port', where: [['name', '==', 'guest.default']] },
      row: { up: false },
    },
  ]);
  await eventually(async () => (await told('IP', 'guest.default', 'RowClash')) > 1);
  expect(await told('IP', 'guest.default', 'Solved')).toBe(0);
  await nb.transact([{ op: 'delete', table: 'Logical_Switch', where: [['name', '==', 'theirs']] }]);
  await eventually(async () => !(await ready('ovn-fip', 'guest')).includes('RowClash'));
  await eventually(async () => !(await ready('ovn-eip', 'guest')).includes('RowClash'));
  await eventually(async () => (await told('IP', 'guest.default', 'Solved')) > 0);
  expect(await told('IP', 'guest.default', 'Solved')).toBe(1);
});

test('a policy by hand that takes packets away is told of the floating IP, once, and is over when it is gone', async () => {
  const { nb } = controller.ovn;
  const router = { table: 'Logical_Router', where: [['name', '==', 'vpc1']] } as const;
  await nb.transact([
    {
      ...{ op: 'insert', table: 'Logical_Router_Policy', uuidName: 'policy' },
      row: { priority: 1000, match: 'ip4.src == 192.168.0.0/24', action: 'drop' },
    },
    {
      ...{ op: 'mutate', ...router },
      mutations: [['policies', 'insert', new Set(['policy'])]],
    },
  ]);
  const said = /^PolicyDiverts: 10\.9\.101\.9: policy 1000 .* of router vpc1 drops .*delete that policy/;
  await eventually(async () => said.test(await ready('ovn-fip', 'web')));
  await eventually(async () => (await told('OvnFip', 'web', 'PolicyDiverts')) > 0);
  // Something else happens, and is no reason to tell it again.
  await kubectl(kube, 'annotate', 'node', 'vnode-103-177', 'example.org/other=thing');
  await eventually(async () => {
    const all = (await controller.source.list()).resources.Node;
    return all.some(({ metadata }) => metadata.annotations['example.org/other'] === 'thing');
  });
  expect(await told('OvnFip', 'web', 'PolicyDiverts')).toBe(1);
  const routers = [...controller.ovn.northbound.snapshot().table('Logical_Router')];
  const policies = routers.find(({ name }) => name === 'vpc1')?.policies ?? new Set<Uuid>();
  await nb.transact([{ ...{ op: 'mutate', ...router }, mutations: [['policies', 'delete', policies]] }]);
  await eventually(async () => !(await ready('ovn-fip', 'web')).includes('PolicyDiverts'));
});

test('a Vpc whose gateway is to leave and is given time says so, and works', async () => {
  await claimGateway(bench.sb.remote, 'cr-vpc1-external0', 'chassis-vnode-103-177');
  await applyObjects(kube, {
    ...{ apiVersion: 'gateway.berth.dev/v1alpha1', kind: 'GatewayPolicy', metadata: { name: 'patient' } },
    spec: {
      targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }],
      gateways: { drainSeconds: 3600 },
    },
  });
  await kubectl(kube, 'cordon', 'vnode-103-177');
  await eventually(async () =>
    /^GatewayDraining: .*vnode-103-177 serves and is to leave/.test(await ready('vpc', 'vpc1')),
  );
  const { items } = await get(kube, 'events', '-A', '--field-selector', 'reason=GatewayDraining');
  expect(items.map(({ type }: { readonly type: string }) => type)).toEqual(['Normal']);
  await kubectl(kube, 'uncordon', 'vnode-103-177');
  await eventually(async () => (await ready('vpc', 'vpc1')).startsWith('Programmed: '));
});

test('what waits to be deleted is told it once, whoever is to go first', async () => {
  const kubeOvn = { apiVersion: 'kubeovn.io/v1' };
  const ports = { externalPort: '80', internalPort: '80', protocol: 'tcp' };
  const vip = { ovnEip: 'v', ipType: 'vip', ipName: 'v' };
  const spec = { subnet: 'vpc1-subnet1', v4ip: '192.168.0.100' };
  await applyObjects(
    kube,
    { ...kubeOvn, kind: 'Vip', metadata: { name: 'v' }, spec },
    { ...kubeOvn, kind: 'OvnEip', metadata: { name: 'v' }, spec: { externalSubnet: 'external0' } },
    { ...kubeOvn, kind: 'OvnFip', metadata: { name: 'v' }, spec: { ...vip, type: 'centralized' } },
    { ...kubeOvn, kind: 'OvnDnatRule', metadata: { name: 'v' }, spec: { ...vip, ...ports } },
  );
  await eventually(async () => (await ready('ovn-dnat-rule', 'v')).startsWith('Programmed: '));
  await kubectl(kube, 'delete', 'ovn-eip', 'v', '--wait=false');
  await eventually(async () =>
    (await ready('ovn-eip', 'v')).includes('is used by ovn-fip/v, ovn-dnat-rule/v'),
  );
  await eventually(async () => (await told('OvnEip', 'v', 'InUse')) > 0);
  await kubectl(kube, 'delete', 'ovn-dnat-rule', 'v');
  await eventually(async () => (await ready('ovn-eip', 'v')).includes('is used by ovn-fip/v;'));
  // Events are written beside statuses: one that was made of that would be there with the next.
  await kubectl(kube, 'delete', 'ovn-fip', 'v');
  await eventually(async () => !(await kubectl(kube, 'get', 'ovn-eip', '-o', 'name')).includes('/v\n'));
  expect(await told('OvnEip', 'v', 'InUse')).toBe(1);
});

test('the address of a pod that is deleted stays until the pod is gone, where no admission refuses it', async () => {
  await kubectl(kube, 'delete', 'ip', 'web.default', '--wait=false');
  await eventually(async () => (await told('IP', 'web.default', 'InUse')) > 0);
  const { metadata } = await get(kube, 'ip', 'web.default');
  expect(metadata.deletionTimestamp).toBeDefined();
  const ports = [...controller.ovn.northbound.snapshot().table('Logical_Switch_Port')];
  expect(ports.map(({ name }) => name)).toContain('web.default');
});

test('a pod that nobody ends says so, and what lets its address go', async () => {
  await kubectl(kube, 'delete', 'pod', 'web', '--grace-period=1', '--wait=false');
  await controller.ovn.sb.transact([
    { op: 'delete', table: 'Port_Binding', where: [['logical_port', '==', 'web.default']] },
  ]);
  const said =
    /Pending: .* pod\/default\/web is being deleted, and vnode-103-176 should have ended it by .*; its address is kept until it is gone: .*kubectl -n default delete pod web --force/;
  let round = 0;
  await eventually(async () => {
    round += 1;
    await kubectl(kube, 'annotate', '--overwrite', 'ovn-fip', 'web', `example.org/round=${round}`);
    return said.test(await ready('ovn-fip', 'web'));
  });
});

test('where nobody knows, kubectl shows Unknown, and nothing of an object that nobody has looked at', async () => {
  stop.abort();
  await running;
  const unknown = { type: 'Ready', status: 'Unknown', reason: 'ChassisStale', message: 'nobody knows' };
  const condition = { ...unknown, lastTransitionTime: '2026-01-01T00:00:00Z' };
  const patch = JSON.stringify([{ op: 'replace', path: '/status', value: { conditions: [condition] } }]);
  await kubectl(kube, 'patch', 'ovn-fip', 'web', '--subresource=status', '--type=json', '-p', patch);
  const spec = { ovnEip: 'new', ipName: 'new.default' };
  await applyObjects(kube, { apiVersion: 'kubeovn.io/v1', kind: 'OvnFip', metadata: { name: 'new' }, spec });
  const [heading = '', ...lines] = (await kubectl(kube, 'get', 'ovn-fips')).split('\n');
  const start = heading.indexOf('READY ');
  const shown = (name: string) =>
    lines
      .find((line) => line.startsWith(`${name} `))
      ?.slice(start, start + 7)
      .trim();
  expect([shown('web'), shown('new')]).toEqual(['Unknown', '']);
});
