import { type Resource, resourceSetOf } from '@berth/api';
import { type ExternalFlow, type Finding, finding } from '@berth/core';
import { expect, test } from 'vitest';
import { withOwnParties } from './own-parties.ts';

const meta = (name: string, namespace?: string) => ({
  name,
  namespace,
  annotations: {},
  labels: {},
  ownerReferences: [],
});
const objects = resourceSetOf([
  { kind: 'OvnEip', metadata: meta('spare'), spec: { v4Ip: '10.9.101.20' } },
  { kind: 'IP', metadata: meta('web.default'), spec: { podName: 'web', namespace: 'default' } },
  { kind: 'Pod', metadata: meta('web', 'default'), spec: {} },
] as unknown as readonly Resource[]);
const flow = (parts: Partial<ExternalFlow>) =>
  ({
    ...{ target: 'nat/vpc1/dnat_and_snat/10.9.101.20', kind: 'floating-ip' },
    ...{ externalIp: '10.9.101.20', logicalPort: 'web.default', ...parts },
  }) as ExternalFlow;
const row = { kind: 'NAT', name: 'vpc1/dnat_and_snat/10.9.101.20' };
const about = (object: Finding['object'], related: Finding['related'] = []): Finding =>
  finding('location-unknown', { object, related, message: 'm', cure: 'c' });
const eip = { kind: 'OvnEip', name: 'spare' };
const workload = [
  { kind: 'IP', name: 'web.default' },
  { kind: 'Pod', namespace: 'default', name: 'web' },
];

test('a row of nobody has to do with the EIP whose address it has, and with the workload it leads to', () => {
  const [told] = withOwnParties([about(row)], [flow({})], objects);
  expect(told?.related).toEqual([eip, ...workload]);
  const nobody = flow({ externalIp: '10.9.101.21', logicalPort: undefined });
  expect(withOwnParties([about(row)], [nobody], objects)).toEqual([about(row)]);
});

test('so has a finding about another object that such a row takes part in, and each is named once', () => {
  const [told] = withOwnParties([about(eip, [row])], [flow({}), flow({})], objects);
  expect(told?.related).toEqual([row, ...workload]);
});

test('an SNAT leads to whole networks', () => {
  const [told] = withOwnParties([about(row)], [flow({ kind: 'source-nat' })], objects);
  expect(told?.related).toEqual([eip]);
});

test('without objects, and of what is about objects alone, nothing is added', () => {
  expect(withOwnParties([about(row)], [flow({})], undefined)).toEqual([about(row)]);
  expect(withOwnParties([about(eip)], [flow({})], objects)).toEqual([about(eip)]);
});
