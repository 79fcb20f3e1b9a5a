import { expect, test } from 'vitest';
import { formatTarget, parseTarget } from './target.ts';

test.each([
  ['10.9.101.9', { kind: 'address', ip: '10.9.101.9' }],
  ['FD00::9', { kind: 'address', ip: 'fd00::9' }],
  ['fip/web', { kind: 'rule', word: 'fip', name: 'web' }],
  ['ovn-fip/web', { kind: 'rule', word: 'fip', name: 'web' }],
  ['osnat/office', { kind: 'rule', word: 'snat', name: 'office' }],
  ['dnat/http', { kind: 'rule', word: 'dnat', name: 'http' }],
  ['eip/web', { kind: 'eip', name: 'web' }],
  ['vpc/blue', { kind: 'vpc', name: 'blue' }],
  ['subnet/external0', { kind: 'subnet', name: 'external0' }],
  ['node/node-1', { kind: 'node', name: 'node-1' }],
  ['pod/web', { kind: 'pod', namespace: 'default', name: 'web' }],
  ['pod/shop/web', { kind: 'pod', namespace: 'shop', name: 'web' }],
  ['nat/r/snat/10.0.0.1', { kind: 'nat', router: 'r', type: 'snat', externalIp: '10.0.0.1' }],
  ['nat/a/b/dnat/fd00::0:1', { kind: 'nat', router: 'a/b', type: 'dnat', externalIp: 'fd00::1' }],
])('%s', (text, target) => {
  const parsed = parseTarget(text);
  expect(parsed).toEqual(target);
  expect(parsed && parseTarget(formatTarget(parsed))).toEqual(target);
});

test.each([
  '',
  'web',
  '10.9.101',
  '10.9.101.9/24',
  'fip/',
  'fip/a/b',
  'pod/',
  'pod//web',
  'pod/a/b/c',
  'deployment/web',
  'vlan/x',
  'nat/r/snat',
  'nat/r/tnas/10.0.0.1',
  'nat/r/snat/x',
  'nat//snat/10.0.0.1',
])('%j is no target', (text) => {
  expect(parseTarget(text)).toBeUndefined();
});
