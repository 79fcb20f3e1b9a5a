import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../../../packages/core/src/testing/field-story.ts';
import { eip, fip, snat } from '../../../../packages/core/src/testing/resources.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import { packetsTo } from './probe-target.ts';

/** The floating IP of the field story's pod names an EIP that is not there. */
const broken = fip('web', { ovnEip: 'missing', ipName: 'web.default' });
const wayOut = [
  eip('out', { externalSubnet: 'external0' }),
  snat('out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
];

test('of a pod whose floating IP is not programmed the way out is tried, and the rest is told', () => {
  const { intent, resources } = settle(fieldStoryWith(broken, ...wayOut), fieldFabric);
  const { probings, connections, untried } = packetsTo('pod/default/web', { intent, resources, flows: [] });
  expect(probings).toEqual([]);
  expect(connections.map(({ from, to, direction }) => [direction, from, to])).toEqual([
    ['outbound', 'default/web', '10.9.101.1'],
  ]);
  expect(untried).toBe('ovn-fip/web of pod/default/web is not programmed');
});

test('where there is no other way nothing can be told', () => {
  const { intent, resources } = settle(fieldStoryWith(broken), fieldFabric);
  expect(() => packetsTo('pod/default/web', { intent, resources, flows: [] })).toThrow('is not programmed');
});
