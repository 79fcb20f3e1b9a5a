import { expect, test } from 'vitest';
import { fallbackMtu, tunnelMtu, workloadMtu } from './mtu.ts';

const under = {
  name: 'under',
  index: 3,
  mtu: 1500,
  isUp: true,
  isLoopback: false,
  addresses: [
    { family: 'inet', ip: '198.19.0.11', prefixLength: 24, scope: 'global' },
    { family: 'inet6', ip: 'fd00::11', prefixLength: 64, scope: 'global' },
  ],
} as const;

test.each([
  [1500, 'IPv4', 1440],
  [1500, 'IPv6', 1420],
  [9000, 'IPv4', 8940],
  [1398, 'IPv4', 1340],
] as const)('an underlay of %i over %s leaves %i', (underlay, family, expected) => {
  expect(tunnelMtu(underlay, family)).toBe(expected);
});

test('of several tunnel addresses the smallest counts; without one it is a safe guess', () => {
  expect(workloadMtu('198.19.0.11', [under])).toBe(1440);
  expect(workloadMtu('198.19.0.11, fd00::11', [under])).toBe(1420);
  expect(workloadMtu('198.19.0.99', [under])).toBe(fallbackMtu);
  expect(workloadMtu('', [under])).toBe(fallbackMtu);
});
