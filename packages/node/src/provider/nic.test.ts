import { expect, test } from 'vitest';
import type { Link } from '../host/link.ts';
import { judgeNic } from './nic.ts';

function link(name: string, parts: Partial<Link> = {}): Link {
  return { name, index: 1, mtu: 1500, isUp: true, isLoopback: false, addresses: [], ...parts };
}

const address = { family: 'inet', ip: '192.0.2.9', prefixLength: 24, scope: 'global' } as const;
const viaEth0 = [{ device: 'eth0', gateway: '192.0.2.1' }];

test('a NIC that nothing uses is free, also with a link-local address', () => {
  const local = { family: 'inet6', ip: 'fe80::1', prefixLength: 64, scope: 'link' } as const;
  const links = [link('eth0', { addresses: [address] }), link('eth1', { addresses: [local] })];
  expect(judgeNic('eth1', { links, defaultRoutes: viaEth0 }, [])).toMatchObject({ kind: 'free' });
  expect(judgeNic('eth9', { links, defaultRoutes: viaEth0 }, [])).toEqual({ kind: 'missing' });
});

test.each([
  ['itself', [link('eth1')], [], 'eth1'],
  ['a VLAN on it', [link('eth1'), link('eth1.5', { lower: 'eth1' })], [], 'eth1.5'],
  ['a bond of it', [link('eth1', { master: 'bond0' }), link('bond0')], [], 'bond0'],
  [
    'a VLAN on a bridge on a bond of it',
    [
      link('eth1', { master: 'bond0' }),
      link('bond0', { master: 'br0' }),
      link('br0'),
      link('br0.7', { lower: 'br0' }),
    ],
    [],
    'br0.7',
  ],
  [
    'a bridge of the switch',
    [link('eth1'), link('br-ex')],
    [{ name: 'br-ex', interfaces: ['br-ex', 'eth1'] }],
    'br-ex',
  ],
])('refused: the default route leaves by %s', (_, links, bridges, device) => {
  const survey = { links, defaultRoutes: [{ device, gateway: undefined }] };
  expect(judgeNic('eth1', survey, bridges)).toEqual({ kind: 'refused', device });
});

test.each([
  ['a bridge', [link('eth1', { master: 'br0' }), link('br0')], [], 'eth1 is a port of br0'],
  [
    'a bridge of the switch',
    [link('eth1', { master: 'ovs-system' })],
    [{ name: 'br-ex', interfaces: ['br-ex', 'eth1'] }],
    'eth1 is a port of the bridge br-ex',
  ],
  ['its own address', [link('eth1', { addresses: [address] })], [], 'eth1 has the address 192.0.2.9/24'],
  [
    'the address of a VLAN',
    [link('eth1'), link('eth1.5', { lower: 'eth1', addresses: [address] })],
    [],
    'eth1.5 has the address 192.0.2.9/24',
  ],
  ['being lo', [link('eth1', { isLoopback: true })], [], 'eth1 is the loopback interface'],
])('in use by %s', (_, links, bridges, by) => {
  expect(judgeNic('eth1', { links, defaultRoutes: viaEth0 }, bridges)).toEqual({ kind: 'in-use', by });
});
