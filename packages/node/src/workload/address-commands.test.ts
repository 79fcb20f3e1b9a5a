import type { PodRoute } from '@berth/core';
import { expect, test } from 'vitest';
import { testWorkload } from '../testing/workload.ts';
import { addressCommands, type PodEnd } from './address-commands.ts';

const route = (dst: string, gw: string): PodRoute => ({ dst, gw }) as PodRoute;
const workload = {
  ...testWorkload('web', ['192.168.0.4/24', 'fd00::4/64'], ['192.168.0.1', 'fd00::1']),
  routes: [route('10.0.0.0/8', '192.168.0.9'), route('fd01::/64', 'fe80::1')],
};

/** A pod's end that is as it should be, but for the routes. */
function end(routes: readonly PodRoute[], address = '192.168.0.4'): PodEnd {
  const addresses = [
    { family: 'inet' as const, ip: address, prefixLength: 24, scope: 'global' },
    { family: 'inet6' as const, ip: 'fd00::4', prefixLength: 64, scope: 'global' },
  ];
  const { mac, interfaceName: name } = workload;
  return {
    link: { name, index: 2, mac, mtu: 1400, isUp: true, isLoopback: false, addresses },
    defaultRoutes: ['192.168.0.1', 'fd00::1'].map((gateway) => ({ device: name, gateway })),
    routes,
  };
}

const texts = (present: PodEnd): readonly string[] =>
  addressCommands(present, workload, 1400).map((argv) => argv.join(' '));

test('routes that a pod asks for and has not are made', () => {
  expect(texts(end([]))).toEqual([
    'ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0',
    'ip -6 route replace fd01::/64 via fe80::1 dev eth0',
  ]);
  expect(texts(end([route('10.0.0.0/8', '192.168.0.8')]))).toContain(
    'ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0',
  );
});

test('those that it has are left alone, unless its addresses change', () => {
  expect(texts(end(workload.routes))).toEqual([]);
  expect(texts(end(workload.routes, '192.168.0.5'))).toContain(
    'ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0',
  );
});

test('an address that a workload gave itself stays beside its own, and goes when that changes', () => {
  const withVip = (present: PodEnd): PodEnd => {
    const vip = { family: 'inet' as const, ip: '192.168.0.100', prefixLength: 32, scope: 'global' };
    return { ...present, link: { ...present.link, addresses: [...present.link.addresses, vip] } };
  };
  expect(texts(withVip(end(workload.routes)))).toEqual([]);
  expect(texts(withVip(end(workload.routes, '192.168.0.5')))).toContain(
    'ip -4 address flush dev eth0 scope global',
  );
});
