import { resourceSetOf } from '@berth/api';
import type { ExternalFlow, Intent } from '@berth/core';
import type { Ip } from '@berth/net';
import { expect, test } from 'vitest';
import { packetsTo } from './probe-target.ts';
import type { Rows } from './probing.ts';

const meta = (name: string, namespace?: string) => ({
  ...{ name, ...(namespace && { namespace }), generation: 1, labels: {}, annotations: {} },
  ...{ ownerReferences: [], finalizers: [] },
});
const resources = resourceSetOf(
  ['web', 'app', 'db'].flatMap((name) => [
    { apiVersion: 'v1', kind: 'Pod', metadata: meta(name, 'default'), spec: {} },
    {
      ...{ apiVersion: 'kubeovn.io/v1', kind: 'IP', metadata: meta(`${name}.default`) },
      spec: { podName: name, namespace: 'default' },
    },
  ]) as unknown as Parameters<typeof resourceSetOf>[0],
);

const eip = (name: string) => ({ kind: 'OvnEip', name });
const fip = { name: 'web', eip: eip('web'), subnet: 'external0', target: { port: 'web.default' } };
const pairs = [{ external: '10.9.101.9', logical: '192.168.0.4' }];
const intent = {
  externals: [{ name: 'external0', networks: [{ cidr: '10.9.101.0/24', gateway: '10.9.101.1' }] }],
  vpcs: [
    {
      ...{ name: 'vpc1', floatingIps: [{ ...fip, pairs }], portForwards: [] },
      sourceNats: [
        {
          ...{ name: 'out', ref: { kind: 'OvnSnatRule', name: 'out' }, eip: eip('out'), subnet: 'external0' },
          pairs: [{ external: '10.9.101.20', logical: '192.168.0.0/24' }],
        },
      ],
      subnets: [
        {
          name: 'private',
          ports: [
            { name: 'web.default', addresses: ['192.168.0.4'] },
            { name: 'app.default', addresses: ['192.168.0.5'] },
            { name: 'db.default', addresses: ['192.168.0.6'] },
          ],
        },
      ],
    },
  ],
} as unknown as Intent;

/** A flow of a row that no object asks for. */
const flowOf = (flow: Partial<ExternalFlow>): ExternalFlow =>
  ({ router: 'vpc1', externalPort: undefined, ...flow }) as ExternalFlow;

const pods = new Map([
  ['192.168.0.5', 'default/app'],
  ['192.168.0.6', 'default/db'],
]);

/** What would be sent: who sends, and the address that it is about. */
function sent(text: string, ...flows: readonly ExternalFlow[]): readonly string[] {
  const rows: Rows = {
    ...{ flows, all: flows, podOf: ({ logicalIp }) => pods.get(logicalIp) },
    outsideBeside: () => '10.9.101.1' as Ip,
  };
  const { probings, connections } = packetsTo(text, { intent, resources, rows });
  return [
    ...probings.map(({ address, of }) => `ping ${address} ${typeof of === 'string' ? of : of.pods}`),
    ...connections.map(({ from, seenAs }) => `${from} as ${seenAs}`),
  ];
}

const ours = ['ping 10.9.101.9 default/web', 'default/app as 10.9.101.20'];

test('a rule by which no pod leaves is said not to be tried', () => {
  const [vpc] = intent.vpcs;
  const [inside] = vpc?.subnets ?? [];
  const crowd = [{ ...inside, ports: inside?.ports.slice(0, 1) }];
  const alone = { ...intent, vpcs: [{ ...vpc, subnets: crowd }] } as unknown as Intent;
  const rows: Rows = { flows: [], all: [], podOf: () => undefined, outsideBeside: () => undefined };
  const untried = (text: string) => packetsTo(text, { intent: alone, resources, rows }).untried;
  const told = 'there is no pod behind ovn-snat-rule/out to probe it with';
  expect([untried('vpc/vpc1'), untried('subnet/external0'), untried('subnet/private')]).toEqual([
    told,
    told,
    undefined,
  ]);
});

test('a VPC and an external subnet are tried by all floating IPs and rules, a subnet by those of its pods', () => {
  expect(sent('vpc/vpc1')).toEqual(ours);
  expect(sent('subnet/external0')).toEqual(ours);
  expect(sent('subnet/private')).toEqual(ours);
  expect(() => sent('vpc/other')).toThrow('no pod behind vpc/other');
});

test('a row is tried by what is asked for as it', () => {
  expect(sent('nat/vpc1/dnat_and_snat/10.9.101.9')).toEqual([ours[0]]);
  expect(sent('nat/vpc1/snat/10.9.101.20')).toEqual([ours[1]]);
});

test('a row of somebody else is tried out of the pods that it translates, once for each address', () => {
  const whole = { kind: 'floating-ip', externalIp: '10.9.101.77', logicalIp: '192.168.0.5' } as const;
  const inbound = flowOf({ ...whole, direction: 'inbound', logicalPort: 'app.default' });
  const outbound = flowOf({ ...whole, direction: 'outbound', logicalPort: 'app.default' });
  expect(sent('nat/vpc1/dnat_and_snat/10.9.101.77', inbound, outbound)).toEqual([
    'ping 10.9.101.77 default/app',
  ]);
  const source = { kind: 'source-nat', direction: 'outbound', externalIp: '10.9.101.78' } as const;
  const flows = ['192.168.0.6', '192.168.0.5'].map((logicalIp) => flowOf({ ...source, logicalIp }));
  expect(sent('nat/vpc1/snat/10.9.101.78', ...flows)).toEqual(['default/db as 10.9.101.78']);
  // What the row gives a floating IP leaves by that, and no SNAT.
  expect(sent('vpc/vpc1', ...flows, inbound)).toEqual([
    ours[0],
    'ping 10.9.101.77 default/app',
    'default/db as 10.9.101.20',
    'default/db as 10.9.101.78',
  ]);
});
