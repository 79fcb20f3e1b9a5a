import { expect, test } from 'vitest';
import { testNetwork, testNode } from '../testing/resources.ts';
import { nicOn, nodeNamed } from './selection.ts';

const node = nodeNamed('node-1', [testNode('node-0'), testNode('node-1', { zone: 'a' })]);

test('the default NIC, unless the node has one of its own', () => {
  const custom = [
    { interface: 'eth5', nodes: ['node-2'] },
    { interface: 'eth2', nodes: ['node-1'] },
    { interface: 'eth3', nodes: ['node-1'] },
  ];
  expect(nicOn(testNetwork('ext'), node)).toBe('eth1');
  expect(nicOn(testNetwork('ext', { customInterfaces: custom }), node)).toBe('eth2');
});

test('none where the network leaves the node out, whatever NIC is named for it', () => {
  const customInterfaces = [{ interface: 'eth2', nodes: ['node-1'] }];
  const excludeNodes = ['node-1'];
  const nodeSelector = { matchLabels: { zone: 'a' } };
  expect(nicOn(testNetwork('ext', { excludeNodes, customInterfaces }), node)).toBeUndefined();
  expect(nicOn(testNetwork('ext', { excludeNodes, nodeSelector }), node)).toBe('eth1');
});

test('a node without an object has its name and no labels', () => {
  const unknown = nodeNamed('node-9', [testNode('node-1')]);
  expect(nicOn(testNetwork('ext'), unknown)).toBe('eth1');
  expect(nicOn(testNetwork('ext', { excludeNodes: ['node-9'] }), unknown)).toBeUndefined();
  expect(
    nicOn(testNetwork('ext', { nodeSelector: { matchLabels: { zone: 'a' } } }), unknown),
  ).toBeUndefined();
});
