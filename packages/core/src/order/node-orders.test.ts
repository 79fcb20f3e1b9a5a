import { type NodeOrder, pairsIn } from '@berth/api';
import { type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Fabric, NodeHealth } from '../fabric/fabric.ts';
import { fieldFabric, fieldStory, fieldStoryWith, gatewayRules } from '../testing/field-story.ts';
import { fip, gatewayPolicy, node } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';
import { nodeOrdersOf } from './node-orders.ts';
import { staleNeighbours } from './stale-neighbours.ts';

const [workload, first, second] = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const names = [workload, first, second];

function orders(
  resources = fieldStory,
  fabric: Fabric = fieldFabric,
  chassisOf = (node: string): string | undefined => `chassis-${node}`,
): ReadonlyMap<string, NodeOrder['spec']> {
  const { intent } = settle(resources, fabric);
  const nodes = names.map((name) => ({ name, chassis: chassisOf(name) }));
  return new Map(
    nodeOrdersOf({ intent, fabric, nodes, epoch: 7 }).orders.map(({ metadata, spec }) => [
      metadata.name,
      spec,
    ]),
  );
}

const ips = (order: NodeOrder['spec'] | undefined) =>
  order?.addresses.flatMap(({ pairs, port }) => pairsIn(pairs).map(([ip]) => `${ip} ${port}`));

test("a distributed address is for the workload's node, the router's own for the gateways", () => {
  const all = orders();
  expect(ips(all.get(workload))).toEqual(['10.9.101.9 web.default']);
  expect(ips(all.get(first))).toEqual(['10.9.101.10 cr-vpc1-external0']);
  expect(ips(all.get(second))).toEqual(['10.9.101.10 cr-vpc1-external0']);
  expect(all.get(workload)?.addresses[0]).toMatchObject({
    mac: '36:3e:6d:8f:9f:31',
    network: 'external0',
    vlanId: 0,
    pairs: '10.9.101.9 192.168.0.4',
  });
});

test("a centralized address is for every gateway, with the router's MAC, and so are SNAT and DNAT", () => {
  const all = orders(fieldStoryWith(...gatewayRules));
  expect(ips(all.get(workload))).toEqual([]);
  const wanted = ['10.9.101.10', '10.9.101.20', '10.9.101.21', '10.9.101.9'];
  for (const node of [first, second]) {
    expect(ips(all.get(node))).toEqual(wanted.map((ip) => `${ip} cr-vpc1-external0`));
    expect(new Set(all.get(node)?.addresses.map(({ mac }) => mac))).toEqual(new Set(['7a:f4:44:a4:49:73']));
  }
});

test("every node watches the uplink to the subnet's gateway", () => {
  const probes = [...orders().values()].map((order) => order.probes);
  for (const probe of probes)
    expect(probe).toEqual([
      {
        network: 'external0',
        vlanId: 0,
        targets: ['10.9.101.1'],
        intervalMs: 1000,
        failureThreshold: 3,
        successThreshold: 5,
      },
    ]);
});

test('only a node that may be a ghost is fenced, and only from what another one serves', () => {
  const fenced = (fabric: Fabric, gone?: string) =>
    [...orders(fieldStory, fabric, (node) => (node === gone ? undefined : `chassis-${node}`))]
      .filter(([, { fences }]) => fences.length > 0)
      .map(([node, { fences }]) => [node, fences]);
  const stopped = (node: string): Fabric => ({
    ...fieldFabric,
    health: new Map<string, NodeHealth>([[node, { node, controllerRuns: false }]]),
  });
  const fence = [{ network: 'external0', vlanId: 0, mac: '7a:f4:44:a4:49:73' }];
  expect(fenced(fieldFabric)).toEqual([]);
  expect(fenced(stopped(first))).toEqual([[first, fence]]);
  expect(fenced(stopped(second))).toEqual([]);
  expect(fenced(fieldFabric, first)).toEqual([[first, fence]]);
  const unclaimed = { ...stopped(first), claims: new Map() };
  expect(fenced(unclaimed)).toEqual([]);
});

test('while no chassis serves, a fence stays, and a node whose gateway others stand in for gets one', () => {
  const fenced = (resources: typeof fieldStory, health: NodeHealth): readonly string[] => {
    const claims = new Map([['web.default', `chassis-${workload}`]]);
    const fabric: Fabric = { ...fieldFabric, claims, health: new Map([[health.node, health]]) };
    const all = orders(resources, fabric, (node) => (node === first ? undefined : `chassis-${node}`));
    return [...all].flatMap(([node, { fences }]) => (fences.length > 0 ? [node] : []));
  };
  const stopped: NodeHealth = { node: first, controllerRuns: false };
  const mac = '7a:f4:44:a4:49:73';
  expect(fenced(fieldStory, stopped)).toEqual([]);
  expect(fenced(fieldStory, { ...stopped, fenced: new Set(['0a:00:00:00:00:01']) })).toEqual([]);
  expect(fenced(fieldStory, { ...stopped, fenced: new Set([mac]) })).toEqual([first]);

  const available = { placement: 'Centralized', onGatewayLoss: 'Distribute' } as const;
  const lost = fieldStoryWith(node(first), node(second), gatewayPolicy('p', available));
  expect(fenced(lost, stopped)).toEqual([first]);
});

test('the revision changes with the contents and with nothing else', () => {
  const revisions = (all: ReadonlyMap<string, NodeOrder['spec']>) =>
    names.map((name) => all.get(name)?.revision);
  const before = revisions(orders());
  expect(revisions(orders([...fieldStory].reverse()))).toEqual(before);
  const after = revisions(
    orders(fieldStoryWith(fip('web', { ovnEip: 'web', v4Ip: '192.168.0.9', vpc: 'vpc1' }))),
  );
  expect(after.map((each, place) => each === before[place])).toEqual([false, false, false]);
});

test('a neighbour that was learned with another MAC than the one that answers is stale', () => {
  const { intent } = settle(fieldStory, fieldFabric);
  const binding = (ip: string, mac: string) => ({ ip, mac, logical_port: 'other-external0' });
  const sb = snapshotOf<SbTables>(sbSchema, {
    MAC_Binding: [
      binding('10.9.101.9', '36:3E:6D:8F:9F:31'),
      binding('10.9.101.10', '7a:f4:44:a4:49:74'),
      binding('10.9.101.1', '0a:00:00:00:00:01'),
    ],
  });
  expect(staleNeighbours(intent, sb).map(({ ip }) => ip)).toEqual(['10.9.101.10']);
});

test('an order that gets too large is told of on its VPC, and holds as much as there is room for', () => {
  const { intent } = settle(fieldStoryWith(...gatewayRules), fieldFabric);
  const nodes = names.map((name) => ({ name, chassis: `chassis-${name}` }));
  const within = (nearBytes: number, mostBytes: number) => {
    const input = { intent, fabric: fieldFabric, nodes, epoch: 7, room: { nearBytes, mostBytes } };
    const { orders: all, findings } = nodeOrdersOf(input);
    const spec = all.find(({ metadata }) => metadata.name === first)?.spec;
    const size = JSON.stringify(spec?.addresses).length;
    return { held: ips(spec)?.length, size, told: findings.map(({ object, message }) => [object, message]) };
  };
  const whole = within(1_000, 1_000);
  expect(whole).toMatchObject({ held: 4, told: [] });
  const vpc = { kind: 'Vpc', name: 'vpc1' };
  const near = /^the order of node vnode-\S+ takes 0 kB for 4 addresses: beyond 1 kB/;
  expect(within(100, 1_000)).toMatchObject({ held: 4, told: [[vpc, expect.stringMatching(near)]] });
  const cut = within(100, whole.size - 2);
  expect(cut).toMatchObject({
    held: 3,
    told: [[vpc, expect.stringMatching(/no room for 1 of its 4 addresses/)]],
  });
  expect(cut.size).toBeLessThan(whole.size);
  expect(within(0, 10)).toMatchObject({ held: 0 });
});
