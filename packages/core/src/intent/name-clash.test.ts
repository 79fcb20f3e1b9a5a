import type { OvnEip, Resource } from '@berth/api';
import { describe, expect, test } from 'vitest';
import { compile } from '../compile/compile.ts';
import { fieldFabric, fieldStory } from '../testing/field-story.ts';
import { subnet, vpc } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';

function problems(objects: readonly Resource[]) {
  const { findings, intent } = settle(objects, fieldFabric);
  const taken = findings.filter(({ code }) => code === 'name-taken');
  return { taken: taken.map(({ object, message }) => [object?.name, message]), intent };
}

function nodePort(name: string): OvnEip {
  const { metadata } = vpc(name, {});
  const spec = { externalSubnet: 'external0', type: 'lsp' } as const;
  return { apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata, spec };
}

const older = { creationTimestamp: '2026-01-01T00:00:00Z' };
const newer = { creationTimestamp: '2026-01-02T00:00:00Z' };

describe('names of ports that meet', () => {
  test('of two subnets: the older one is programmed, the other is told', () => {
    const { taken, intent } = problems([
      ...fieldStory,
      vpc('a', {}),
      vpc('a-b', {}),
      subnet('b-c', { vpc: 'a', cidrBlock: '172.30.1.0/24' }, newer),
      subnet('c', { vpc: 'a-b', cidrBlock: '172.30.2.0/24' }, older),
    ]);
    expect(taken).toEqual([['b-c', 'the router port a-b-c is there for subnet/c already']]);
    expect(intent.vpcs.flatMap(({ subnets }) => subnets.map(({ name }) => name))).toEqual([
      'c',
      'vpc1-subnet1',
    ]);
  });

  test('at the other end of the link as well', () => {
    const { taken } = problems([
      ...fieldStory,
      vpc('c', {}),
      vpc('b-c', {}),
      subnet('a-b', { vpc: 'c', cidrBlock: '172.30.1.0/24' }, older),
      subnet('a', { vpc: 'b-c', cidrBlock: '172.30.2.0/24' }, newer),
    ]);
    expect(taken).toEqual([['a', 'the switch port a-b-c is there for subnet/a-b already']]);
  });

  test('of an attachment and a subnet: the subnet keeps its port', () => {
    const { taken, intent } = problems([
      ...fieldStory,
      vpc('a', { enableExternal: true, extraExternalSubnets: ['x-ext'] }),
      vpc('a-x', {}),
      subnet('x-ext', { cidrBlock: '10.9.102.0/24', vlan: 'external0' }),
      subnet('ext', { vpc: 'a-x', cidrBlock: '172.30.3.0/24' }),
    ]);
    expect(taken).toEqual([['a', 'the router port a-x-ext is there for subnet/ext already']]);
    expect(intent.vpcs.find(({ name }) => name === 'a')?.attachments).toEqual([]);
    expect(intent.vpcs.find(({ name }) => name === 'a-x')?.subnets).toHaveLength(1);
  });

  test('of the two ends of one link, and of the opposite ends of two', () => {
    const { taken, intent } = problems([
      ...fieldStory,
      vpc('same', { enableExternal: true, extraExternalSubnets: ['same'] }),
      subnet('same', { cidrBlock: '10.9.102.0/24', vlan: 'external0' }),
      vpc('a', {}),
      vpc('b', {}),
      subnet('b', { vpc: 'a', cidrBlock: '172.30.1.0/24' }, older),
      subnet('a', { vpc: 'b', cidrBlock: '172.30.2.0/24' }, newer),
    ]);
    expect(taken).toEqual([
      ['a', 'the switch port b-a is there for subnet/b already'],
      ['same', 'the router port and the switch port would both be same-same'],
    ]);
    expect(intent.vpcs.find(({ name }) => name === 'same')?.attachments).toEqual([]);
  });

  test('of a pod and an EIP of type lsp: the pod keeps its port', () => {
    const { taken, intent } = problems([...fieldStory, nodePort('web.default')]);
    expect(taken).toEqual([
      ['web.default', 'the switch port web.default is there for pod/default/web already'],
    ]);
    expect(intent.externals.flatMap(({ nodePorts }) => nodePorts)).toEqual([]);
    expect(problems([...fieldStory, nodePort('node-1')]).taken).toEqual([]);
  });
});

test('of 10,000 objects ten are bad: ten findings, and the others are programmed', () => {
  const size = 5_000;
  const { metadata } = vpc('template', {});
  const apiVersion = 'kubeovn.io/v1' as const;
  const rules = Array.from({ length: size }, (_, place): readonly Resource[] => {
    const named = { ...metadata, name: `f${place}` };
    const v4Ip = `172.${16 + (place >> 12)}.${(place >> 6) & 63}.${(place & 63) + 10}`;
    const ovnEip = place % 500 === 0 ? 'nothing' : `f${place}`;
    return [
      { apiVersion, kind: 'OvnEip', metadata: named, spec: { externalSubnet: 'wide', type: 'nat' } },
      {
        apiVersion,
        kind: 'OvnFip',
        metadata: named,
        spec: { ovnEip, vpc: 'many', v4Ip, type: 'centralized' },
      },
    ];
  });
  const { findings, intent } = settle(
    [
      ...fieldStory,
      vpc('many', { enableExternal: true, extraExternalSubnets: ['wide'] }),
      subnet('inside', { vpc: 'many', cidrBlock: '172.16.0.0/12' }),
      subnet('wide', { cidrBlock: '10.64.0.0/16', vlan: 'external0' }),
      ...rules.flat(),
    ],
    fieldFabric,
  );
  expect(findings.map(({ code, object }) => [code, object?.kind])).toEqual(
    Array.from({ length: 10 }, () => ['reference-not-found', 'OvnFip']),
  );
  const rows = compile(intent).filter(({ table, unit }) => table === 'NAT' && unit.includes('many'));
  expect(rows).toHaveLength(size - 10);
});

test('names as long as Kubernetes allows are programmed, without labels that it would refuse', () => {
  const long = (letter: string): string => letter.repeat(253);
  // The EIP of its router port is called after it and the subnet.
  const router = 'v'.repeat(253 - '-external0'.length);
  const { metadata } = vpc(long('e'), {});
  const eip: OvnEip = {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnEip',
    metadata,
    spec: { externalSubnet: 'external0', type: 'nat' },
  };
  const { findings, intent } = settle(
    [
      ...fieldStory,
      vpc(router, { enableExternal: true, extraExternalSubnets: ['external0'] }),
      subnet(long('s'), { vpc: router, cidrBlock: '172.30.1.0/24' }),
      eip,
    ],
    fieldFabric,
  );
  expect(findings).toEqual([]);
  const names = compile(intent).flatMap(({ table, columns }) =>
    table === 'Logical_Router_Port' ? [String(columns['name'])] : [],
  );
  expect(names).toContain(`${router}-${long('s')}`);
});
