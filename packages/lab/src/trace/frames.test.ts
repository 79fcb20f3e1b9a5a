import { parseInterfaceAddress, parseIp } from '@berth/net';
import { expect, test } from 'vitest';
import { request, whoHas } from './frames.ts';
import { readLinks } from './links.ts';
import { routeOf } from './pods.ts';

const mac = 'a6:00:00:00:00:01';

test('ARP asks everybody, a solicitation the group of the address', () => {
  expect(whoHas({ mac, source: '10.0.0.1', to: '10.0.0.9' })).toMatchObject({
    protocol: 'arp',
    dl_dst: 'ff:ff:ff:ff:ff:ff',
    arp_tpa: '10.0.0.9',
  });
  const group = (to: string) => {
    const { dl_dst: group, ipv6_dst: address } = whoHas({ mac, source: 'fd00::1', to });
    return [group, address];
  };
  expect(group('fd00:101::60')).toEqual(['33:33:ff:00:00:60', 'ff02::1:ff00:0060']);
  expect(group('fd00::abcd:1234')).toEqual(['33:33:ff:cd:12:34', 'ff02::1:ffcd:1234']);
  expect(group('fd00:1:2:3:4:5:6:7')).toEqual(['33:33:ff:06:00:07', 'ff02::1:ff06:0007']);
});

test('a first packet is an echo request, or to a port', () => {
  const ends = { mac, source: '10.0.0.1', to: '10.0.0.9', nextHop: '06:00:00:00:00:01' };
  expect(request({ ...ends, port: undefined, protocol: 'tcp' })).toMatchObject({
    protocol: 'icmp',
    icmp_type: '8',
  });
  const port = { ...ends, port: 80 };
  expect(request({ ...port, protocol: 'tcp' })).toMatchObject({ protocol: 'tcp', tp_dst: '80' });
  const inner = { ...port, source: 'fd00::1', to: 'fd00::9', protocol: 'udp' } as const;
  expect(request(inner)).toMatchObject({ protocol: 'udp6', tp_dst: '80' });
});

test('a pod asks for what is near, and for its gateway otherwise', () => {
  const address = parseInterfaceAddress('192.168.1.4/24');
  const gateway = parseIp('192.168.1.1');
  if (address === undefined || gateway === undefined) throw new Error('not an address');
  const pod = { netns: 'pod.a.b', mac, addresses: [address], gateways: [gateway] };
  expect(routeOf(pod, '192.168.1.9')).toEqual({ source: '192.168.1.4', nextHop: '192.168.1.9' });
  expect(routeOf(pod, '10.9.101.1')).toEqual({ source: '192.168.1.4', nextHop: '192.168.1.1' });
  expect(routeOf(pod, 'fd00::1')).toBeUndefined();
});

test('a NIC is up when it has a carrier, and leads to a namespace', () => {
  const text = `n1 12: pv1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue master ovs-system state UP mode DEFAULT \\    link/ether 1e:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns pod.v1.cent-n1
n1 7: eth1@if9: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 state LOWERLAYERDOWN \\    link/ether 1e:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff link-netns central
`;
  expect(readLinks(text)).toEqual([
    { place: 'n1', name: 'pv1', mac: '1e:00:00:00:00:01', isUp: true, peer: 'pod.v1.cent-n1' },
    { place: 'n1', name: 'eth1', mac: '1e:00:00:00:00:02', isUp: false, peer: 'central' },
  ]);
});
