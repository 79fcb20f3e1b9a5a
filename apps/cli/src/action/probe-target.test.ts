import type { ExternalFlow } from '@berth/core';
import type { Ip } from '@berth/net';
import { expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../../../packages/core/src/testing/field-story.ts';
import { eip, fip, snat } from '../../../../packages/core/src/testing/resources.ts';
import { settle } from '../../../../packages/core/src/testing/settle.ts';
import { packetsOfRows, packetsTo } from './probe-target.ts';

const rows = { flows: [], all: [], podOf: () => undefined, outsideBeside: () => undefined };

/** The floating IP of the field story's pod names an EIP that is not there. */
const broken = fip('web', { ovnEip: 'missing', ipName: 'web.default' });
const wayOut = [
  eip('out', { externalSubnet: 'external0' }),
  snat('out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
];

test('of a pod whose floating IP is not programmed the way out is tried, and the rest is told', () => {
  const { intent, resources } = settle(fieldStoryWith(broken, ...wayOut), fieldFabric);
  const { probings, connections, untried } = packetsTo('pod/default/web', { intent, resources, rows });
  expect(probings).toEqual([]);
  expect(connections.map(({ from, to, direction }) => [direction, from, to])).toEqual([
    ['outbound', 'default/web', '10.9.101.1'],
  ]);
  expect(untried).toBe('ovn-fip/web of pod/default/web is not programmed');
});

test('where there is no other way nothing can be told', () => {
  const { intent, resources } = settle(fieldStoryWith(broken), fieldFabric);
  expect(() => packetsTo('pod/default/web', { intent, resources, rows })).toThrow('is not programmed');
});

const pods = new Map([
  ['192.168.0.4', 'default/web'],
  ['192.168.0.5', 'default/app'],
]);

/** What is sent where nothing but rows is known of a target. */
function sent(target: string, ...flows: readonly Partial<ExternalFlow>[]) {
  const all = flows.map((flow) => ({ router: 'vpc1', ...flow }) as unknown as ExternalFlow);
  return packetsOfRows(target, {
    ...{ flows: all, all, podOf: ({ logicalIp }) => pods.get(logicalIp) },
    outsideBeside: (ip) => (ip.startsWith('10.9.101.') ? ('10.9.101.1' as Ip) : undefined),
  });
}

const own = { kind: 'floating-ip', externalIp: '10.9.101.9', logicalIp: '192.168.0.4' } as const;

test('by rows alone a floating IP is pinged both ways, once, and only from outside where no pod of the lab is behind it', () => {
  const address = '10.9.101.9';
  const outbound = { pod: 'default/web', to: '10.9.101.1' };
  expect(sent('fip/web', { ...own, direction: 'inbound' }, { ...own, direction: 'outbound' })).toEqual({
    probings: [{ address, of: { pods: ['default/web'] }, outbound }],
    connections: [],
  });
  const away = sent('fip/web', { ...own, direction: 'inbound', logicalIp: '192.168.0.77' });
  expect(away.probings).toEqual([{ address, of: 'some-pod', outbound: undefined }]);
});

test('by rows alone SNAT is tried out of one pod for each address, and a forwarded port where its workload listens', () => {
  const source = { kind: 'source-nat', direction: 'outbound', externalIp: '10.9.101.20' } as const;
  const port = { kind: 'port-forward', direction: 'inbound', externalIp: '10.9.101.30' } as const;
  const externalPort = { protocol: 'tcp', port: 80 } as const;
  const { probings, connections, untried } = sent(
    'vpc/vpc1',
    { ...source, logicalIp: '192.168.0.4' },
    { ...source, logicalIp: '192.168.0.5' },
    { ...source, logicalIp: '192.168.0.0/24', externalIp: '10.9.101.21' },
    { ...port, externalPort, logicalIp: '192.168.0.4', innerPort: 8080 },
    { ...port, externalPort: { protocol: 'sctp', port: 80 }, logicalIp: '192.168.0.4' },
  );
  expect(probings).toEqual([]);
  const backends = [{ place: 'default/web', port: 8080 }];
  expect(connections).toMatchObject([
    { direction: 'inbound', backends, to: '10.9.101.30', port: 80 },
    { direction: 'outbound', from: 'default/web', to: '10.9.101.1', seenAs: '10.9.101.20' },
  ]);
  expect(untried).toBe(
    'sctp port 80 of 10.9.101.30 is not tried; nothing leaves as 10.9.101.21: no pod of the lab has 192.168.0.0/24',
  );
});

test('by rows alone an address of no row is pinged, as somebody may answer, and of any other target it is told that nothing can be', () => {
  const nobodys = { address: '10.9.101.50', of: 'anybody', outbound: undefined };
  expect(sent('10.9.101.50')).toEqual({ probings: [nobodys], connections: [] });
  expect(() => sent('vpc/vpc1')).toThrow('there is no pod behind vpc/vpc1 to probe it with');
  const externalPort = { protocol: 'sctp', port: 80 } as const;
  const port = { kind: 'port-forward', direction: 'inbound', externalIp: '10.9.101.30' } as const;
  expect(() => sent('vpc/vpc1', { ...port, externalPort, logicalIp: '192.168.0.4' })).toThrow(
    'nothing of vpc/vpc1 can be tried: sctp port 80 of 10.9.101.30 is not tried',
  );
});
