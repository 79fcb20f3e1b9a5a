import type { Pod, Resource } from '@berth/api';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { desiredRows, planNb, programmed } from '../../testing/program.ts';
import { eip, fip, ip, namespace, pod, subnet, vpc } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

const asking = (text: string): Pod => pod('zz', { subnet: 'vpc1-subnet1', ips: text, node: 'vnode-103-176' });

function addressOf(...objects: readonly Resource[]): string | undefined {
  const { resources } = settle(fieldStoryWith(...objects), fieldFabric);
  return resources.IP.find(({ metadata }) => metadata.name === 'zz.default')?.spec.ipAddress;
}

test('a pod that asks for what is no address gets no other one', () => {
  expect(addressOf(asking('192.168.0.77'))).toBe('192.168.0.77');
  expect(addressOf(asking(' 192.168.0.77 '))).toBe('192.168.0.77');
  expect(addressOf(asking('192.168.0.777'))).toBeUndefined();
  const plain = pod('zz', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' });
  const annotations = { ...plain.metadata.annotations, 'ovn.kubernetes.io/mac_address': '01:00:00:00:00:01' };
  expect(addressOf({ ...plain, metadata: { ...plain.metadata, annotations } })).toBeUndefined();
  expect(addressOf(asking(''))).toBe('192.168.0.2');
});

/** What becomes of a pod that has 192.168.0.77 and this MAC, and asks so. */
function settledWith(macAddress: string, words: Readonly<Record<string, string>>) {
  const before = ip('zz.default', {
    ...{ subnet: 'vpc1-subnet1', podName: 'zz', namespace: 'default', nodeName: 'vnode-103-176' },
    ...{ ipAddress: '192.168.0.77', v4IpAddress: '192.168.0.77', macAddress },
  });
  const plain = pod('zz', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' });
  const asked = Object.entries(words).map(([word, text]) => [`ovn.kubernetes.io/${word}`, text]);
  const annotations = { ...plain.metadata.annotations, ...Object.fromEntries(asked) };
  const one = { ...plain, metadata: { ...plain.metadata, annotations } };
  const { intent, resources, findings } = settle(fieldStoryWith(before, one), fieldFabric);
  const ports = intent.vpcs.flatMap(({ subnets }) => subnets.flatMap((each) => each.ports));
  return {
    port: ports.find(({ name }) => name === 'zz.default'),
    stored: resources.IP.find(({ metadata }) => metadata.name === 'zz.default')?.spec.macAddress,
    codes: findings.map(({ code }) => code),
  };
}

test('a pod that has an address keeps it, and its port, whatever is written into its annotation later', () => {
  const stored = ip('zz.default', {
    ...{ subnet: 'vpc1-subnet1', podName: 'zz', namespace: 'default', nodeName: 'vnode-103-176' },
    ...{ ipAddress: '192.168.0.77', v4IpAddress: '192.168.0.77', macAddress: '0a:00:00:00:00:77' },
  });
  const { intent, findings } = settle(fieldStoryWith(stored, asking('nonsense')), fieldFabric);
  const ports = intent.vpcs.flatMap(({ subnets }) => subnets.flatMap((each) => each.ports));
  expect(ports.find(({ name }) => name === 'zz.default')).toMatchObject({
    addresses: ['192.168.0.77'],
    mac: '0a:00:00:00:00:77',
  });
  expect(findings.map(({ code }) => code)).toEqual(['annotation-invalid']);
});

test.each([
  ['a MAC of many stations', { mac_address: '01:00:5e:00:00:78' }],
  [
    'a MAC of many stations beside another address',
    {
      mac_address: '01:00:5e:00:00:78',
      ip_address: '192.168.0.88',
    },
  ],
  ['two addresses of a family', { ip_address: '192.168.0.78,192.168.0.79' }],
])('nothing that a pod asks for is taken where it cannot be read, not even %s', (_, words) => {
  const { port, codes } = settledWith('0a:00:00:00:00:77', words);
  expect(port).toMatchObject({ addresses: ['192.168.0.77'], mac: '0a:00:00:00:00:77' });
  expect(codes).toEqual(['annotation-invalid']);
});

test('a stored MAC that no station can have gives way to another, whatever NB has', () => {
  for (const words of [{ mac_address: '01:00:5e:00:00:78' }, {}]) {
    const { port, stored } = settledWith('01:00:5e:00:00:78', words);
    expect(port).toMatchObject({ addresses: ['192.168.0.77'], mac: expect.stringMatching(/^.[26ae]:/) });
    expect(stored).toBe(port?.mac);
  }
});

test('a floating IP that leads to such a pod has no second finding of its own', () => {
  const { findings } = settle(
    fieldStoryWith(
      asking('nonsense'),
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', ipName: 'zz.default' }),
    ),
    fieldFabric,
  );
  expect(findings.map(({ code, object }) => `${code} ${object?.kind}`)).toEqual(['annotation-invalid Pod']);
});

test('what somebody else has given on a further network asks for nothing more', () => {
  const plain = pod('zz', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' });
  const given = {
    'net1.default.ovn.kubernetes.io/ip_address': '10.0.0.9',
    'net1.default.ovn.kubernetes.io/allocated': 'true',
  };
  const annotations = { ...plain.metadata.annotations, ...given };
  const { findings } = settle(
    fieldStoryWith({ ...plain, metadata: { ...plain.metadata, annotations } }),
    fieldFabric,
  );
  expect(findings).toEqual([]);
});

const annotated = (key: string, value: string, subnet?: string): Pod =>
  pod(
    'zz',
    { node: 'vnode-103-176', ...(subnet !== undefined && { subnet }) },
    { annotations: { [key]: value } },
  );

test('port security lets a pod send with its own addresses alone, on a port that was there before as well', () => {
  const plain = pod('zz', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' });
  const annotations = { ...plain.metadata.annotations, 'ovn.kubernetes.io/port_security': 'true' };
  const objects = (one: Pod) => fieldStoryWith(one);
  const restricted = objects({ ...plain, metadata: { ...plain.metadata, annotations } });
  const columnsOf = (some: readonly Resource[]) =>
    desiredRows(some, fieldFabric).find(({ key }) => key[0] === 'zz.default')?.columns ?? {};
  const { addresses, port_security: security } = columnsOf(restricted);
  expect(security).toEqual(addresses);
  expect(columnsOf(objects(plain))['port_security']).toEqual(new Set());
  const before = programmed(objects(plain), fieldFabric);
  expect(planNb(desiredRows(restricted, fieldFabric), before).changes).toMatchObject([
    { verb: 'update', table: 'Logical_Switch_Port', columns: { port_security: {} } },
  ]);
});

const vpc2 = [
  vpc('vpc2'),
  subnet('vpc2-a', { vpc: 'vpc2', cidrBlock: '10.2.0.0/24' }),
  subnet('usual', { vpc: 'vpc1', cidrBlock: '10.1.0.0/24', namespaces: ['default'] }),
];

test.each([
  ['a pod gets the only subnet of the VPC that it names', [], '10.2.0.2', []],
  [
    'of several the one that is bound to its namespace',
    [subnet('vpc2-b', { vpc: 'vpc2', cidrBlock: '10.3.0.0/24', namespaces: ['default'] })],
    '10.3.0.2',
    [],
  ],
  [
    'of several none',
    [subnet('vpc2-b', { vpc: 'vpc2', cidrBlock: '10.3.0.0/24' })],
    undefined,
    ['no-subnet'],
  ],
  [
    'the subnet of its namespace where that is of the VPC',
    [
      namespace('default', { annotations: { 'ovn.kubernetes.io/logical_switch': 'vpc2-b' } }),
      subnet('vpc2-b', { vpc: 'vpc2', cidrBlock: '10.3.0.0/24' }),
    ],
    '10.3.0.2',
    [],
  ],
  [
    'and not where it is of another',
    [namespace('default', { annotations: { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' } })],
    '10.2.0.2',
    [],
  ],
] as const)('%s', (_, others, address, codes) => {
  const asks = annotated('ovn.kubernetes.io/logical_router', 'vpc2');
  const { resources, findings } = settle(fieldStoryWith(...vpc2, ...others, asks), fieldFabric);
  const found = resources.IP.find(({ metadata }) => metadata.name === 'zz.default')?.spec.ipAddress;
  expect([found, findings.map(({ code }) => code)]).toEqual([address, codes]);
});

test('a pod that names a subnet gets that one, and is told where it is of another VPC than it names', () => {
  const asks = {
    ...annotated('ovn.kubernetes.io/logical_router', 'vpc2'),
    metadata: {
      ...annotated('ovn.kubernetes.io/logical_router', 'vpc2').metadata,
      annotations: {
        'ovn.kubernetes.io/logical_router': 'vpc2',
        'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1',
      },
    },
  };
  const { resources, findings } = settle(fieldStoryWith(...vpc2, asks), fieldFabric);
  expect(resources.IP.find(({ metadata }) => metadata.name === 'zz.default')?.spec.subnet).toBe(
    'vpc1-subnet1',
  );
  expect(findings).toMatchObject([
    {
      code: 'vpc-mismatch',
      severity: 'warning',
      object: { kind: 'Pod', name: 'zz' },
      message:
        'the annotation ovn.kubernetes.io/logical_router names vpc/vpc2, and subnet/vpc1-subnet1, which counts, is of vpc/vpc1',
    },
  ]);
});

test('a pod that names a VPC which there is not is told so, and waits for it', () => {
  const asks = annotated('ovn.kubernetes.io/logical_router', 'vpc9');
  const { resources, findings } = settle(fieldStoryWith(asks), fieldFabric);
  expect(resources.IP.find(({ metadata }) => metadata.name === 'zz.default')).toBeUndefined();
  expect(findings).toMatchObject([
    {
      code: 'reference-not-found',
      object: { kind: 'Pod', name: 'zz' },
      field: "metadata.annotations['ovn.kubernetes.io/logical_router']",
      message: 'vpc/vpc9 does not exist',
    },
  ]);
});
