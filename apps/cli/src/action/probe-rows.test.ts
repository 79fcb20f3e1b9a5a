import type { ExternalFlow } from '@berth/core';
import { type Ip, parseIp } from '@berth/net';
import { expect, test } from 'vitest';
import { rowPackets } from './probe-rows.ts';
import type { Packets } from './probing.ts';

const nothing: Packets = { probings: [], connections: [] };
const pods = new Map([
  ['192.168.0.4', 'default/web'],
  ['192.168.0.5', 'default/app'],
  ['fd00:10::5', 'default/app'],
]);
const flow = (parts: Partial<ExternalFlow>): ExternalFlow =>
  ({ router: 'vpc1', direction: 'inbound', externalPort: undefined, ...parts }) as ExternalFlow;
const forward = (backend: string, parts: Partial<ExternalFlow> = {}): ExternalFlow =>
  flow({
    ...{ kind: 'port-forward', externalIp: '10.9.101.60', externalPort: { protocol: 'tcp', port: 80 } },
    ...{ logicalIp: backend, innerPort: 8080, ...parts },
  });

/** What would be sent for some flows of a target, in a line each. */
function told(all: readonly ExternalFlow[], flows = all, sent = nothing): readonly string[] {
  const rows = {
    ...{ flows, all, podOf: ({ logicalIp }: ExternalFlow) => pods.get(logicalIp) },
    outsideBeside: (ip: Ip) => parseIp(ip.includes(':') ? 'fd00:101::1' : '10.9.101.1'),
  };
  const { probings, connections, untried } = rowPackets(rows, sent);
  return [
    ...probings.map(({ address, of, outbound }) => {
      const behind = typeof of === 'string' ? of : of.pods.join();
      return `ping ${address} ${behind}${outbound ? ` and ${outbound.pod} to ${outbound.to}` : ''}`;
    }),
    ...connections.map(({ direction, from, protocol, to, port, backends, others, seenAs }) =>
      direction === 'outbound'
        ? `${from} as ${seenAs}`
        : `${protocol} ${to} ${port} to ${backends.map((each) => `${each.place}:${each.port}`).join()}${others ? ` and ${others} others` : ''}`,
    ),
    ...(untried === undefined ? [] : [untried]),
  ];
}

test('a load-balancer is tried by its ports, each with all of its backends, also where the target is one of them', () => {
  const both = [forward('192.168.0.4'), forward('192.168.0.5', { innerPort: 8081 })];
  const dns = forward('fd00:10::5', {
    ...{ externalIp: 'fd00:101::60', externalPort: { protocol: 'udp', port: 53 }, innerPort: 53 },
  });
  const web = 'tcp 10.9.101.60 80 to default/web:8080,default/app:8081';
  expect(told([...both, dns])).toEqual([web, 'udp fd00:101::60 53 to default/app:53']);
  expect(told([...both, dns], both.slice(1))).toEqual([web]);
});

test('one without backends is tried all the same; what leads to no pod, or is of no protocol that can be sent, is told', () => {
  expect(told([forward('')])).toEqual(['tcp 10.9.101.60 80 to ']);
  expect(told([forward('192.168.0.77'), forward('192.168.0.4')])).toEqual([
    'tcp 10.9.101.60 80 to default/web:8080 and 1 others',
    'tcp port 80 of 10.9.101.60 leads to 192.168.0.77, which no pod of the lab has',
  ]);
  const sctp = forward('192.168.0.4', { externalPort: { protocol: 'sctp', port: 80 } });
  expect(told([sctp])).toEqual(['sctp port 80 of 10.9.101.60 is not tried']);
});

test('an address as a whole is pinged, and leaves where it is a floating IP that is not one of several', () => {
  const own = { kind: 'floating-ip', externalIp: '10.9.101.77', logicalIp: '192.168.0.5' } as const;
  const out = flow({ ...own, direction: 'outbound' });
  expect(told([flow(own), out])).toEqual(['ping 10.9.101.77 default/app and default/app to 10.9.101.1']);
  const obstacle = { reason: 'fip-ambiguous', why: '', rows: [] } as const;
  expect(told([flow(own), { ...out, obstacle }])).toEqual(['ping 10.9.101.77 default/app']);
  const all = ['192.168.0.4', '192.168.0.5'].map((ip) => forward(ip, { externalPort: undefined }));
  expect(told(all)).toEqual(['ping 10.9.101.60 default/web,default/app']);
});

test('SNAT is tried out of a pod that it translates, once for each address', () => {
  const source = { kind: 'source-nat', direction: 'outbound', externalIp: '10.9.101.78' } as const;
  const flows = ['192.168.0.9', '192.168.0.4', '192.168.0.5'].map((logicalIp) =>
    flow({ ...source, logicalIp }),
  );
  expect(told(flows)).toEqual(['default/web as 10.9.101.78']);
  const strange = flows.slice(0, 1);
  expect(told(strange)).toEqual(['nothing leaves as 10.9.101.78: no pod of the lab has 192.168.0.9']);
  const idle = 'no workload uses it now';
  expect(told(strange.map((each) => ({ ...each, idle })))).toEqual([]);
});

test('what objects ask for is not tried twice, but another port of the same address is', () => {
  const ends = {
    from: 'outside',
    to: '10.9.101.60' as Ip,
    port: 80,
    backends: [],
    seenAs: undefined,
  } as const;
  const sent: Packets = { ...nothing, connections: [{ direction: 'inbound', protocol: 'tcp', ...ends }] };
  const other = forward('192.168.0.5', { externalPort: { protocol: 'tcp', port: 443 } });
  expect(told([forward('192.168.0.4'), other], undefined, sent)).toEqual([
    'tcp 10.9.101.60 443 to default/app:8080',
  ]);
});
