import { expect, test } from 'vitest';
import { testNetwork, testNode } from '../testing/resources.ts';
import { isSelected, nicOn, selectableNode } from './selection.ts';

const node = selectableNode('node-1', [testNode('node-1', { zone: 'a', gateway: 'true' })]);

test('the default NIC, unless the node has one of its own or is left out', () => {
  expect(nicOn(testNetwork('ext'), node)).toBe('eth1');
  const custom = [
    { interface: 'eth5', nodes: ['node-2'] },
    { interface: 'eth2', nodes: ['node-1'] },
    { interface: 'eth3', nodes: ['node-1'] },
  ];
  expect(nicOn(testNetwork('ext', { customInterfaces: custom }), node)).toBe('eth2');
  expect(nicOn(testNetwork('ext', { excludeNodes: ['node-1'] }), node)).toBeUndefined();
});

test('a selector replaces the excluded nodes', () => {
  const nodeSelector = { matchLabels: { zone: 'a' } };
  expect(nicOn(testNetwork('ext', { nodeSelector, excludeNodes: ['node-1'] }), node)).toBe('eth1');
  expect(nicOn(testNetwork('ext', { nodeSelector }), selectableNode('node-9', []))).toBeUndefined();
});

test.each([
  [{}, true],
  [{ matchLabels: { zone: 'a', gateway: 'false' } }, false],
  [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }, true],
  [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a', 'b'] }] }, false],
  [{ matchExpressions: [{ key: 'rack', operator: 'NotIn', values: ['a'] }] }, true],
  [{ matchExpressions: [{ key: 'rack', operator: 'Exists' }] }, false],
  [{ matchExpressions: [{ key: 'rack', operator: 'DoesNotExist' }] }, true],
] as const)('selector %j: %s', (selector, expected) => {
  expect(isSelected(selector, node.labels)).toBe(expected);
});
