import type { PodRoute } from '@berth/core';
import { familyOf, type Ip } from '@berth/net';
import { expect, test } from 'vitest';
import type { KernelRoute } from '../host/route.ts';
import { testWorkload } from '../testing/workload.ts';
import { addressCommands, mendingCommands, type PodEnd } from './address-commands.ts';
import { takenRoutes, withMarks } from './route-commands.ts';
import { configOf, routeMark } from './workload.ts';

const asked = (dst: string, gw: string): PodRoute => ({ dst, gw }) as PodRoute;
const plain = testWorkload('web', ['192.168.0.4/24', 'fd00::4/64'], ['192.168.0.1', 'fd00::1']);
const workload = {
  ...plain,
  routes: [asked('10.0.0.0/8', '192.168.0.9'), asked('fd01::/64', 'fe80::1')],
};

/** A route that is ours, unless said otherwise. */
function route(dst: string, gateway: string, other: Partial<KernelRoute> = {}): KernelRoute {
  const of = { dst, gateway, device: 'eth0', protocol: '98', isPreferred: true, ...other };
  return { family: familyOf(gateway as Ip), ...of } as KernelRoute;
}

const defaults = [route('0.0.0.0/0', '192.168.0.1'), route('::/0', 'fd00::1')];
const further = [route('10.0.0.0/8', '192.168.0.9'), route('fd01::/64', 'fe80::1')];

/** A pod's end that is as it should be, but for the routes. */
function end(routes: readonly KernelRoute[], address = '192.168.0.4'): PodEnd {
  const addresses = [
    { family: 'inet' as const, ip: address, prefixLength: 24, scope: 'global' },
    { family: 'inet6' as const, ip: 'fd00::4', prefixLength: 64, scope: 'global' },
  ];
  const { mac, interfaceName: name } = workload;
  const link = { name, index: 2, mac, mtu: 1400, isUp: true, isLoopback: false, addresses };
  return { link, routes, recorded: configOf(workload) };
}

const texts = (present: PodEnd, wanted: typeof plain = workload): readonly string[] =>
  addressCommands(present, wanted, 1400).map((argv) => argv.join(' '));

test('routes that a pod asks for and has not are made, and marked as ours', () => {
  expect(texts(end(defaults))).toEqual([
    'ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 98',
    'ip -6 route replace fd01::/64 via fe80::1 dev eth0 proto 98',
  ]);
});

test('those that it has are left alone, unless its addresses change: then they are made anew', () => {
  expect(texts(end([...defaults, ...further]))).toEqual([]);
  expect(texts(end([...defaults, ...further], '192.168.0.5'))).toEqual([
    'ip -4 route delete default via 192.168.0.1 dev eth0 proto 98',
    'ip -4 route delete 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 98',
    'ip -4 address flush dev eth0 scope global',
    'ip address add 192.168.0.4/24 dev eth0',
    'ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
    'ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 98',
  ]);
});

test('one with another gateway is replaced in one step, and those that nobody asks for any more are removed', () => {
  const elsewhere = [route('0.0.0.0/0', '192.168.0.2'), route('fd01::/64', 'fe80::2')];
  const stale = [route('10.9.0.0/16', '192.168.0.9'), route('fd09::/64', 'fe80::1')];
  expect(texts(end([...elsewhere, route('::/0', 'fd00::1'), ...stale]), plain)).toEqual([
    'ip -4 route delete 10.9.0.0/16 via 192.168.0.9 dev eth0 proto 98',
    'ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
    'ip -6 route delete fd01::/64 via fe80::2 dev eth0 proto 98',
    'ip -6 route delete fd09::/64 via fe80::1 dev eth0 proto 98',
  ]);
});

test('routes of others stay, also where ours would be, which is told', () => {
  const theirs = [
    route('10.0.0.0/8', '192.168.0.8', { protocol: '3' }),
    route('10.7.0.0/16', '192.168.0.9', { protocol: '3' }),
    route('fd01::/64', 'fe80::7', { protocol: '12', device: 'eth1' }),
    route('0.0.0.0/0', '192.168.0.7', { protocol: '3', isPreferred: false }),
  ];
  expect(texts(end([...defaults, ...theirs]))).toEqual([]);
  const input = { present: [...defaults, ...theirs], wanted: workload, recorded: configOf(workload) };
  expect(takenRoutes(input)).toEqual(workload.routes);
  expect(takenRoutes({ ...input, present: [...defaults, ...further] })).toEqual([]);
  const same = further.map((each) => ({ ...each, protocol: '3' }));
  expect([texts(end([...defaults, ...same])), takenRoutes({ ...input, present: same })]).toEqual([[], []]);
});

test('what was made before ours were marked is known by the record, marked, and removed when it is not wanted any more', () => {
  const older = configOf(workload).replace(` ${routeMark}`, '');
  const unmarked = [...defaults, ...further].map((each) => ({ ...each, protocol: '3' }));
  const theirs = route('10.8.0.0/16', '192.168.0.9', { protocol: '3' });
  const present = { ...end([...unmarked, theirs]), recorded: older };
  expect(texts(present, plain)).toEqual([
    'ip -4 route delete 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 3',
    'ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
    'ip -6 route delete fd01::/64 via fe80::1 dev eth0 proto 3',
    'ip -6 route replace default via fd00::1 dev eth0 proto 98',
  ]);
  const marked = withMarks({ present: present.routes, wanted: workload, recorded: older });
  expect(texts({ ...present, routes: marked })).toEqual([]);
});

test('an address that a workload gave itself stays beside its own, and goes when that changes', () => {
  const withVip = (present: PodEnd): PodEnd => {
    const vip = { family: 'inet' as const, ip: '192.168.0.100', prefixLength: 32, scope: 'global' };
    return { ...present, link: { ...present.link, addresses: [...present.link.addresses, vip] } };
  };
  expect(texts(withVip(end([...defaults, ...further])))).toEqual([]);
  expect(texts(withVip(end([...defaults, ...further], '192.168.0.5')))).toContain(
    'ip -4 address flush dev eth0 scope global',
  );
});

const mending = (present: PodEnd): readonly string[] =>
  mendingCommands(present, workload).map((argv) => argv.join(' '));

test('what somebody took away is made again, and nothing that somebody added is touched', () => {
  expect(mending(end([...defaults, ...further]))).toEqual([]);
  expect(mending(end([...defaults.slice(1), ...further]))).toEqual([
    'ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
  ]);
  // Routes go with the last address; another one that the pod has since stays.
  const own = route('10.1.0.0/16', '192.168.0.77', { protocol: '3' });
  expect(mending(end([...defaults.slice(1), ...further.slice(1), own], '192.168.0.77'))).toEqual([
    'ip address add 192.168.0.4/24 dev eth0',
    'ip -4 route replace default via 192.168.0.1 dev eth0 proto 98',
    'ip -4 route replace 10.0.0.0/8 via 192.168.0.9 dev eth0 proto 98',
  ]);
  // A default route of somebody else's, as that of a VPN, has the place; a further route of ours that nobody asks for is for `follow`.
  const vpn = route('0.0.0.0/0', '10.8.0.1', { device: 'tun0', protocol: '3' });
  const unwanted = route('10.2.0.0/16', '192.168.0.9');
  expect(mending(end([vpn, ...defaults.slice(1), ...further, unwanted]))).toEqual([]);
});

test('where IPv6 is switched off nothing of it is missing', () => {
  const { link, ...rest } = end([...defaults.slice(0, 1), ...further.slice(0, 1)]);
  const addresses = link.addresses.filter(({ family }) => family === 'inet');
  expect(mending({ ...rest, link: { ...link, addresses } })).toEqual([]);
});
