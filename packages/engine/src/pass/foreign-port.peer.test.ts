import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Uuid } from '@berth/ovsdb/value';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, type Controller, openController, startBench } from '../testing/bench.ts';
import { memoryOf } from './memory.ts';
import { type PassResult, pass } from './pass.ts';

const example = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const node = 'vnode-103-176';

let bench: Bench;
let controller: Controller;
let memory: ReturnType<typeof memoryOf>;

beforeEach(async () => {
  bench = await startBench(example, [node, 'vnode-103-177', 'vnode-117-46'], 'external0');
  controller = await openController(bench);
  memory = memoryOf(controller.settings);
});
afterEach(async () => {
  await controller[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const passed = (): Promise<PassResult> => pass({ ...controller, memory });
const taken = ({ findings }: PassResult) =>
  findings.flatMap(({ code, object, message }) =>
    code === 'address-taken' ? [`${object?.name}: ${message}`] : [],
  );
const addresses = async (): Promise<readonly string[]> =>
  (await controller.source.list()).resources.IP.map(
    ({ metadata, spec }) => `${metadata.name} ${spec.v4IpAddress}`,
  );

/** What `ovn-nbctl lsp-add SWITCH PORT -- lsp-set-addresses PORT …` writes. */
async function lspAdd(name: string, address: string, on = 'vpc1-subnet1', more: object = {}): Promise<Uuid> {
  const uuid = randomUUID() as string as Uuid;
  await controller.ovn.nb.transact([
    {
      ...{ op: 'insert', table: 'Logical_Switch_Port', uuid },
      row: {
        name,
        addresses: new Set([address.includes('.') ? `00:00:00:AA:BB:98 ${address}` : address]),
        ...more,
      },
    },
    {
      ...{ op: 'mutate', table: 'Logical_Switch', where: [['name', '==', on]] },
      mutations: [['ports', 'insert', new Set([uuid])]],
    },
  ]);
  return uuid;
}

async function lspDel(uuid: Uuid, on = 'vpc1-subnet1'): Promise<void> {
  await controller.ovn.nb.transact([
    {
      ...{ op: 'mutate', table: 'Logical_Switch', where: [['name', '==', on]] },
      mutations: [['ports', 'delete', new Set([uuid])]],
    },
  ]);
}

async function makePod(name: string, address?: string): Promise<void> {
  const annotations = {
    'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1',
    ...(address && { 'ovn.kubernetes.io/ip_address': address }),
  };
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, annotations } },
    spec: { nodeName: node, containers: [{ name, image: 'registry.k8s.io/pause' }] },
  };
  await writeFile(join(bench.folder, `${name}.yaml`), JSON.stringify(pod));
}

test('what a port that ovn-nbctl made has is given to no pod, and one that waits for it has it once the port is gone', async () => {
  await passed();
  await lspAdd('odd3', '192.168.0.2');
  const odd2 = await lspAdd('odd2', '192.168.0.6');
  await makePod('any');
  await makePod('asks', '192.168.0.6');
  const waiting = await passed();
  expect(await addresses()).toEqual(['any.default 192.168.0.3', 'web.default 192.168.0.4']);
  expect(taken(waiting)).toEqual([
    'asks: 192.168.0.6 is taken by the logical switch port odd2, which Berth did not make',
  ]);
  expect(taken(await passed())).toEqual(taken(waiting));

  await lspDel(odd2);
  expect(taken(await passed())).toEqual([]);
  expect(await addresses()).toContain('asks.default 192.168.0.6');
});

test('a port that takes the address of a pod at work changes no row, and is told for as long as it is there', async () => {
  await passed();
  const odd = await lspAdd('odd', '192.168.0.4');
  const told = await passed();
  expect(told.plan.changes).toEqual([]);
  expect(taken(told)).toEqual([
    'web: 192.168.0.4, which it has and keeps, is the address of the logical switch port odd too, which Berth did not make: packets may go to either of them',
  ]);
  await lspDel(odd);
  expect(taken(await passed())).toEqual([]);
});

test('what a router of others answers for outside is given to no EIP, and is free once its row is gone', async () => {
  await passed();
  const [router, port, nat, link] = Array.from({ length: 4 }, () => randomUUID() as string as Uuid);
  const ids = { router, port, nat, link } as Record<string, Uuid>;
  const into = (table: string, name: string, column: string, uuid: Uuid | undefined, how = 'insert') =>
    ({
      ...{ op: 'mutate', table, where: [['name', '==', name]] },
      mutations: [[column, how, new Set([uuid])]],
    }) as never;
  // As `ovn-nbctl lr-add`, `lrp-add`, `lsp-add`, `lsp-set-type` and `lr-nat-add` do it.
  await controller.ovn.nb.transact([
    {
      ...{ op: 'insert', table: 'Logical_Router_Port', uuid: ids['port'] as Uuid },
      row: { name: 'odd-external', mac: '0a:00:00:00:00:77', networks: new Set(['10.9.101.11/24']) },
    },
    {
      ...{ op: 'insert', table: 'NAT', uuid: ids['nat'] as Uuid },
      row: { type: 'snat', external_ip: '10.9.101.12', logical_ip: '192.168.7.0/24' },
    },
    {
      ...{ op: 'insert', table: 'Logical_Router', uuid: ids['router'] as Uuid },
      row: { name: 'odd', ports: new Set([ids['port']]) as never, nat: new Set([ids['nat']]) as never },
    },
    {
      ...{ op: 'insert', table: 'Logical_Switch_Port', uuid: ids['link'] as Uuid },
      row: {
        ...{ name: 'external0-odd', type: 'router', addresses: new Set(['router']) },
        options: new Map([['router-port', 'odd-external']]),
      },
    },
    into('Logical_Switch', 'external0', 'ports', ids['link']),
  ]);
  const eip = (name: string, v4Ip?: string) =>
    writeFile(
      join(bench.folder, `${name}.yaml`),
      JSON.stringify({
        ...{ apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata: { name } },
        spec: { externalSubnet: 'external0', type: 'nat', ...(v4Ip && { v4Ip }) },
      }),
    );
  await eip('any');
  await eip('asks', '10.9.101.12');
  const waiting = await passed();
  expect(taken(waiting)).toEqual([
    'asks: 10.9.101.12 is taken by the NAT row snat of router odd, which Berth did not make',
  ]);
  const given = async () =>
    Object.fromEntries(
      (await controller.source.list()).resources.OvnEip.map(({ metadata, status }) => [
        metadata.name,
        status?.v4Ip,
      ]),
    );
  const { any } = await given();
  expect(['10.9.101.11', '10.9.101.12']).not.toContain(any);
  expect(any).toBe('10.9.101.13');
  await controller.ovn.nb.transact([into('Logical_Router', 'odd', 'nat', ids['nat'], 'delete')]);
  expect(taken(await passed())).toEqual([]);
  expect(await given()).toMatchObject({ asks: '10.9.101.12', any });
});

test('an external subnet waits for the router that somebody put on its switch, and keeps its port to the network', async () => {
  const object = (kind: string, spec: object) => ({
    ...{ apiVersion: 'kubeovn.io/v1', kind, metadata: { name: 'external1' } },
    spec,
  });
  const file = join(bench.folder, 'external1.yaml');
  const objects = [
    object('ProviderNetwork', { defaultInterface: 'eth2' }),
    object('Vlan', { id: 0, provider: 'external1' }),
    object('Subnet', {
      protocol: 'IPv4',
      cidrBlock: '10.9.102.0/24',
      gateway: '10.9.102.1',
      vlan: 'external1',
    }),
  ];
  await writeFile(file, objects.map((each) => JSON.stringify(each)).join('\n---\n'));
  await passed();
  const guest = await lspAdd('external1-odd', 'router', 'external1', {
    type: 'router',
    options: new Map([['router-port', 'odd-external1']]),
  });
  await rm(file);
  const names = () =>
    [...controller.ovn.northbound.snapshot().table('Logical_Switch_Port')].map(({ name }) => name);
  const waiting = await passed();
  const told = waiting.findings
    .filter(({ code }) => code === 'in-use')
    .map(({ object, message }) => [object?.name, message]);
  expect(told).toContainEqual([
    'external1',
    'subnet/external1 is being deleted but is used by router port odd-external1 (by logical switch port external1-odd), which Berth did not make',
  ]);
  expect(waiting.findings.map(({ code }) => code)).not.toContain('row-clash');
  expect(names()).toEqual(expect.arrayContaining(['external1-odd', 'localnet.external1']));
  await lspDel(guest, 'external1');
  await passed();
  expect(names()).not.toContain('localnet.external1');
});
