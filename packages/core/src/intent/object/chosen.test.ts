import { type Resource, resourcesIn } from '@berth/api';
import { expect, test } from 'vitest';
import { eip, providerNetwork, subnet, vip, vlan, vpc } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';
import { settlingWrites } from './chosen.ts';
import { withWrites } from './write.ts';

const network: readonly Resource[] = [
  providerNetwork('external0'),
  vlan('external0'),
  subnet('external0', { vlan: 'external0', cidrBlock: '10.0.0.0/24' }),
  vpc('vpc1', { enableExternal: true }),
  subnet('s', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24' }),
];

test('addresses that we chose become the objects’ own: they stay, and make way for nobody', () => {
  const { resources } = settle([...network, eip('a', { v4Ip: '10.0.0.9' }), vip('v', { subnet: 's' })]);
  const writes = settlingWrites(resources);
  expect(writes.map(({ object }) => object.metadata.name)).toEqual(['vpc1-external0', 'v']);
  const own = withWrites(resources, writes);
  expect(settlingWrites(own)).toEqual([]);
  const late = settle([...resourcesIn(own), eip('z', { v4Ip: '10.0.0.2' })]);
  expect(late.resources.OvnEip.map(({ metadata, status }) => [metadata.name, status?.v4Ip])).toEqual([
    ['a', '10.0.0.9'],
    ['vpc1-external0', '10.0.0.2'],
    ['z', undefined],
  ]);
});
