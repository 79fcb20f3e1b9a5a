import { providerNetworkLabel, type Resource, type Vpc } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { eip, fip, node, pod, subnet, vlan, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { settle } from '../testing/settle.ts';
import { rowUuid } from './key.ts';

const attached = (spec: Vpc['spec'], ...extra: readonly string[]): Vpc =>
  vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0', ...extra], ...spec });

function rows(
  objects: readonly Resource[],
  tables: readonly string[],
  fabric: Fabric = fieldFabric,
): readonly string[] {
  return rowTexts(desiredRows(fieldStoryWith(...objects), fabric), ...tables);
}

const routes = (...objects: readonly Resource[]): readonly string[] =>
  rows(objects, ['Logical_Router_Static_Route']).map((text) =>
    text.replace('Logical_Router_Static_Route ip_prefix=', ''),
  );

const byDefault = '0.0.0.0/0 nexthop=10.9.101.1 policy=dst-ip output_port=vpc1-external0';
/** external1, on a VLAN of its own. */
const second = [
  vlan('external1', { id: 7, provider: 'external0' }),
  subnet('external1', { cidrBlock: '10.9.102.0/24', vlan: 'external1' }),
];

describe('routes', () => {
  it('share one prefix by several next hops', () => {
    const hop = (nextHopIP: string) => ({ cidr: '172.16.0.0/16', nextHopIP });
    expect(routes(attached({ staticRoutes: [hop('10.9.101.7'), hop('10.9.101.8')] }))).toEqual([
      byDefault,
      '172.16.0.0/16 nexthop=10.9.101.7 policy=dst-ip output_port=vpc1-external0',
      '172.16.0.0/16 nexthop=10.9.101.8 policy=dst-ip output_port=vpc1-external0',
    ]);
  });

  it('may be in a table of their own: one for everything there is no default route', () => {
    const route = { cidr: '0.0.0.0/0', nextHopIP: '192.168.0.9', routeTable: 'blue' };
    expect(routes(attached({ staticRoutes: [route] }))).toEqual([
      byDefault,
      '0.0.0.0/0 nexthop=192.168.0.9 policy=dst-ip route_table=blue',
    ]);
  });

  it('to nowhere are left out; one for everything is the user’s wish all the same', () => {
    expect(routes(attached({ staticRoutes: [{ cidr: '172.16.0.0/16', nextHopIP: '10.99.0.1' }] }))).toEqual([
      byDefault,
    ]);
    expect(routes(attached({ staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: '10.99.0.1' }] }))).toEqual([]);
  });

  it('of one family leave the default route of the other alone', () => {
    const dual = [
      subnet('external0', { vlan: 'external0', cidrBlock: '10.9.101.0/24,2001:db8:9::/64' }),
      attached({ staticRoutes: [{ cidr: '::/0', nextHopIP: '2001:db8:9::99' }] }),
    ];
    expect(routes(...dual)).toEqual([
      byDefault,
      '::/0 nexthop=2001:db8:9::99 policy=dst-ip output_port=vpc1-external0',
    ]);
  });

  it('keep the BFD row they name where it exists', () => {
    const bfdId = '11111111-2222-4333-8444-555555555555';
    const object = attached({
      staticRoutes: [
        { cidr: '172.16.0.0/16', nextHopIP: '10.9.101.7', bfdId, ecmpMode: 'ecmp-symmetric-reply' },
      ],
    });
    const table = ['Logical_Router_Static_Route'];
    expect(rows([object], table, { ...fieldFabric, bfdRows: new Set([bfdId]) })[1]).toContain(
      `bfd=${bfdId} options=ecmp_symmetric_reply:true`,
    );
    expect(rows([object], table)[1]).not.toContain('bfd=');
  });
});

describe('policies', () => {
  it('allow, drop and reroute, by their priority and match, each once', () => {
    const reroute = {
      priority: 100,
      match: ' ip4.src == 192.168.0.4 ',
      action: 'reroute' as const,
      nextHopIP: '10.9.101.8, 10.9.101.7',
    };
    const object = attached({
      policyRoutes: [reroute, { match: 'ip6', action: 'drop' }, reroute, { match: 'ip4', action: 'allow' }],
    });
    expect(rows([object], ['Logical_Router_Policy'])).toEqual([
      'Logical_Router_Policy priority=0 match=ip4 action=allow',
      'Logical_Router_Policy priority=0 match=ip6 action=drop',
      'Logical_Router_Policy priority=100 match=ip4.src == 192.168.0.4 action=reroute nexthops=10.9.101.7,10.9.101.8',
    ]);
  });

  it('are of the families of their fields, whatever the ports are called', () => {
    const match = 'inport == "vpc1-ip6"';
    const object = attached({ policyRoutes: [{ match, action: 'reroute', nextHopIP: '10.9.101.7' }] });
    expect(rows([object], ['Logical_Router_Policy'])).toEqual([
      `Logical_Router_Policy priority=0 match=${match} action=reroute nexthops=10.9.101.7`,
    ]);
  });
});

const watched = [
  attached({ enableBfd: true }),
  subnet('vpc1-subnet1', { vpc: 'vpc1', cidrBlock: '192.168.0.0/24', enableEcmp: true }),
  eip('n1', { externalSubnet: 'external0', type: 'lsp', v4Ip: '10.9.101.21' }),
  eip('n2', { externalSubnet: 'external0', type: 'lsp', v4Ip: '10.9.101.22' }),
];

describe('watched next hops', () => {
  const timers = 'min_tx=100 min_rx=100 detect_mult=3';
  const bfd = (peer: string): string => rowUuid('BFD', ['vpc1-external0', peer]);

  it('share what leaves the subnet, and the default route stays behind them', () => {
    expect(routes(...watched)).toEqual([
      byDefault,
      `192.168.0.0/24 nexthop=10.9.101.21 policy=src-ip output_port=vpc1-external0 bfd=${bfd('10.9.101.21')}`,
      `192.168.0.0/24 nexthop=10.9.101.22 policy=src-ip output_port=vpc1-external0 bfd=${bfd('10.9.101.22')}`,
    ]);
    expect(rows(watched, ['BFD'])).toEqual([
      `BFD logical_port=vpc1-external0 dst_ip=10.9.101.1 ${timers}`,
      `BFD logical_port=vpc1-external0 dst_ip=10.9.101.21 ${timers}`,
      `BFD logical_port=vpc1-external0 dst_ip=10.9.101.22 ${timers}`,
    ]);
  });

  it('watch the user’s own route by the same next hop as well', () => {
    const own = { policy: 'policySrc' as const, cidr: '192.168.0.0/24', nextHopIP: '10.9.101.21' };
    const objects = [...watched.slice(1), attached({ enableBfd: true, staticRoutes: [own] })];
    expect(routes(...objects)).toEqual(routes(...watched));
  });

  it('are none of one family where there is one of it', () => {
    expect(routes(...watched.slice(0, 3))).toEqual([byDefault]);
    expect(rows(watched.slice(0, 3), ['BFD'])).toEqual([
      `BFD logical_port=vpc1-external0 dst_ip=10.9.101.1 ${timers}`,
    ]);
  });

  it('go when the VPC does not watch any more', () => {
    expect(rows([...watched.slice(1), attached({})], ['BFD'])).toEqual([]);
    expect(routes(...watched.slice(1), attached({}))).toEqual([byDefault]);
  });
});

describe('several external subnets', () => {
  const objects = [
    ...second,
    attached(
      {
        staticRoutes: [
          { cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' },
          { cidr: '192.168.0.5', nextHopIP: '10.9.102.1', policy: 'policySrc' },
        ],
      },
      'external1',
    ),
    pod('db', { subnet: 'vpc1-subnet1', ips: '192.168.0.5', node: 'vnode-103-176' }),
    eip('db', { externalSubnet: 'external1', v4Ip: '10.9.102.9' }),
    fip('db', { ovnEip: 'db', ipName: 'db.default' }),
  ];
  const port = (subnetName: string): string => rowUuid('Logical_Router_Port', [`vpc1-${subnetName}`]);

  it('have a port each, with a MAC of its own and a keeper', () => {
    expect(rows(objects, ['Logical_Router_Port']).map((text) => text.split(' ')[1])).toEqual([
      'name=vpc1-external0',
      'name=vpc1-external1',
      'name=vpc1-vpc1-subnet1',
    ]);
    const macs = rows(objects, ['Logical_Router_Port']).map((text) => /mac=(\S+)/.exec(text)?.[1]);
    expect(new Set(macs).size).toBe(3);
    expect(rows(objects, ['Gateway_Chassis']).filter((text) => text.includes('berth-keeper'))).toHaveLength(
      2,
    );
  });

  it('say of every NAT which port it is on', () => {
    const nats = rows(objects, ['NAT']).map((text) =>
      text.replace(/ logical_port.*gateway_port/, ' gateway_port'),
    );
    expect(nats).toEqual([
      `NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4 gateway_port=${port('external0')}`,
      `NAT type=dnat_and_snat external_ip=10.9.102.9 logical_ip=192.168.0.5 gateway_port=${port('external1')}`,
    ]);
  });

  it('have the routes the user chose and no other', () => {
    expect(routes(...objects)).toEqual([
      byDefault,
      '192.168.0.5/32 nexthop=10.9.102.1 policy=src-ip output_port=vpc1-external1',
    ]);
    expect(settle(fieldStoryWith(...objects), fieldFabric).findings).toEqual([]);
  });
});

describe('the MTU of an external network', () => {
  const options = (...objects: readonly Resource[]): string | undefined =>
    rows(objects, ['Logical_Router_Port']).map((text) => /options=(\S+)/.exec(text)?.[1])[0];
  const reporting = (name: string, mtu: string) =>
    node(name, { labels: { [providerNetworkLabel('external0', 'mtu')]: mtu } });

  it('is told to the router port: the subnet’s, else the smallest of the nodes', () => {
    expect(options()).toBeUndefined();
    expect(options(reporting('a', '9000'), reporting('b', '1400'), reporting('c', 'many'))).toBe(
      'gateway_mtu:1400',
    );
    const spec = { vlan: 'external0', cidrBlock: '10.9.101.0/24', mtu: 1300 };
    expect(options(reporting('b', '1400'), subnet('external0', spec))).toBe('gateway_mtu:1300');
  });
});

describe('every row', () => {
  it('may be marked as ours', () => {
    for (const { columns } of desiredRows(fieldStoryWith(...watched), fieldFabric))
      expect(columns['external_ids']).toBeInstanceOf(Map);
  });
});
