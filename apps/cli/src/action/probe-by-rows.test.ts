import type { ExternalFlow } from '@berth/core';
import type { Places } from '@berth/lab';
import type { Ip } from '@berth/net';
import { expect, test } from 'vitest';
import { packetsOfRows } from './probe-by-rows.ts';

const pods = new Map([
  ['192.168.0.4', 'default/web'],
  ['192.168.0.5', 'default/app'],
]);
const places: Places = {
  outside: [{ ip: '10.9.101.1' as Ip, wire: 'eth1', vlanId: 0, holds: (ip) => ip.startsWith('10.9.101.') }],
  podWith: (ip) => pods.get(ip),
};
const balancer = { vips: new Map([['10.9.101.30:80', '192.168.0.5:8081,192.168.0.4:8080']]) };
const nb = { table: () => ({ get: () => balancer }) } as never;

function sent(...flows: readonly Partial<ExternalFlow>[]) {
  const rows = [{ db: 'NB', table: 'Load_Balancer', uuid: 'u', name: '' }];
  const whole = flows.map((flow) => ({ router: 'vpc1', rows, ...flow }) as unknown as ExternalFlow);
  return packetsOfRows(whole, { nb, fabric: { dataPlane: undefined } as never, places });
}

const fip = { kind: 'floating-ip', externalIp: '10.9.101.9', logicalIp: '192.168.0.4' } as const;

test('a floating IP is pinged both ways, once, and only from outside where no pod of the lab is behind it', () => {
  const address = '10.9.101.9';
  expect(sent({ ...fip, direction: 'inbound' }, { ...fip, direction: 'outbound' })).toEqual({
    probings: [{ address, of: { pod: 'default/web' }, outbound: { pod: 'default/web', to: '10.9.101.1' } }],
    connections: [],
  });
  expect(sent({ ...fip, direction: 'inbound', logicalIp: '192.168.0.77' }).probings).toEqual([
    { address, of: 'some-pod', outbound: undefined },
  ]);
});

test('SNAT is tried out of one pod for each address, and a forwarded port where its workload listens', () => {
  const source = { kind: 'source-nat', direction: 'outbound', externalIp: '10.9.101.20' } as const;
  const port = { kind: 'port-forward', direction: 'inbound', externalIp: '10.9.101.30' } as const;
  const externalPort = { protocol: 'tcp', port: 80 } as const;
  const { probings, connections } = sent(
    { ...source, logicalIp: '192.168.0.4' },
    { ...source, logicalIp: '192.168.0.5' },
    { ...source, logicalIp: '192.168.0.0/24', externalIp: '10.9.101.21' },
    { ...port, externalPort, logicalIp: '192.168.0.4' },
    { ...port, externalPort: { protocol: 'sctp', port: 80 }, logicalIp: '192.168.0.4' },
  );
  expect(probings).toEqual([]);
  expect(connections).toMatchObject([
    { direction: 'inbound', server: 'default/web', to: '10.9.101.30', port: 80, serverPort: 8080 },
    { direction: 'outbound', from: 'default/web', to: '10.9.101.1', seenAs: '10.9.101.20' },
  ]);
});
