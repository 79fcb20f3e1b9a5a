import type { ExternalFlow, Fabric } from '@berth/core';
import type { Ip } from '@berth/net';
import { expect, it } from 'vitest';
import type { Places } from './places.ts';
import { trialsOf } from './probes.ts';

const places: Places = {
  outside: [{ ip: '10.9.101.1' as Ip, wire: 'ext0', vlanId: 0, holds: (ip) => ip.startsWith('10.9.101.') }],
  podWith: (ip) => (ip === '192.168.0.4' ? 'default/web' : undefined),
};
const web = { externalIp: '10.9.101.9', logicalIp: '192.168.0.4' } as ExternalFlow;
const inbound: ExternalFlow = { ...web, direction: 'inbound' };
const outbound: ExternalFlow = { ...web, direction: 'outbound' };
const hairpin: ExternalFlow = { ...web, direction: 'hairpin', source: outbound };

/** The packets of flows, or why there are none. */
function told(...flows: readonly ExternalFlow[]): readonly string[] {
  const { trials, untried } = trialsOf(flows, { dataPlane: undefined } as unknown as Fabric, places);
  const packets = trials.map(({ probe: { from, to, port, answering } }) => {
    const servers = answering?.map((each) => ` at ${each.place}:${each.port}`) ?? [];
    return `${from} to ${to} ${port ?? 'ping'}${servers.join('')}`;
  });
  return [...packets, ...untried.map(({ why }) => why)];
}

it('pings both ways, and between workloads', () => {
  expect(told(inbound, outbound, hairpin)).toEqual([
    'outside to 10.9.101.9 ping',
    'default/web to 10.9.101.1 ping',
    'default/web to 10.9.101.9 ping',
  ]);
});

it('connects to the own address of a router, which answers pings by itself', () => {
  const own = { isRouterAddress: true } as const;
  expect(told({ ...inbound, ...own }, { ...outbound, ...own }, { ...hairpin, ...own })).toEqual([
    'outside to 10.9.101.9 9',
    'default/web to 10.9.101.1 ping',
    'default/web to 10.9.101.9 9',
  ]);
});

it('connects by TCP, has the pod answer by UDP, and says what is not tried', () => {
  const port = (protocol: 'tcp' | 'udp' | 'sctp', logicalIp = web.logicalIp) =>
    told({
      ...inbound,
      logicalIp,
      target: 'dnat/dns',
      externalPort: { protocol, port: 53 },
      innerPort: 5353,
    });
  expect(['tcp', 'udp', 'sctp'].map((each) => port(each as 'tcp'))).toEqual([
    ['outside to 10.9.101.9 53'],
    ['outside to 10.9.101.9 53 at default/web:5353'],
    ['sctp is not tried'],
  ]);
  expect(port('udp', '192.168.0.5')).toEqual(['no pod of the lab has 192.168.0.5']);
});

it('lets every backend of a load-balancer answer by UDP', () => {
  const dns = { ...inbound, externalPort: { protocol: 'udp', port: 53 } } as const;
  const all = [dns, { ...dns, innerPort: 54 }, { ...dns, logicalIp: '192.168.0.5' }];
  expect(told(...all)).toEqual(Array(3).fill('outside to 10.9.101.9 53 at default/web:53 at default/web:54'));
});

it('sends nothing to an address that leads to another workload: that one would answer', () => {
  const obstacle = { reason: 'address-shared', why: '', rows: [] } as const;
  expect(told({ ...inbound, obstacle })).toEqual(['another workload answers for 10.9.101.9']);
});

it('sends nothing for an address by which nothing leaves: it would leave by another one', () => {
  const obstacle = { reason: 'fip-ambiguous', why: '', rows: [] } as const;
  const source = { ...outbound, obstacle };
  expect(told({ ...inbound, obstacle }, source, { ...hairpin, source })).toEqual([
    'outside to 10.9.101.9 ping',
    '192.168.0.4 leaves by another address',
    '192.168.0.4 leaves by another address',
  ]);
});
