import type { Pod, Resource } from '@berth/api';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { eip, fip, ip, pod } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';

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
