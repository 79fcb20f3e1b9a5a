import { originKey } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { type OvnWorld, ovnWorld, type WorldNat, type WorldRouter } from '../../testing/ovn-world.ts';
import type { ExternalFlow } from '../flow.ts';
import { flowsOf } from './flows-of.ts';
import { hairpinFlow } from './hairpin.ts';
import { routedFlows } from './routed-flows.ts';

const mac = '00:00:00:00:01:09';
const base: WorldRouter = {
  name: 'vpc1',
  gatewayPorts: [
    {
      external: 'ext',
      members: [
        ['a', 2],
        ['b', 1],
      ],
    },
  ],
  subnets: [
    {
      name: 's1',
      pods: [
        { name: 'web', node: 'a', ips: ['192.168.0.4'] },
        { name: 'db', node: 'b', ips: ['192.168.0.5'] },
      ],
    },
  ],
};
const fip: WorldNat = { type: 'dnat_and_snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.4' };

function worldOf(router: Partial<WorldRouter>, rest: Partial<OvnWorld> = {}): OvnWorld {
  return {
    nodes: [{ name: 'a' }, { name: 'b' }],
    externals: [{ name: 'ext' }, { name: 'ext2' }],
    routers: [{ ...base, ...router }],
    ...rest,
  };
}

function flows(router: Partial<WorldRouter>, rest: Partial<OvnWorld> = {}): readonly ExternalFlow[] {
  const { nb, sb } = ovnWorld(worldOf(router, rest));
  return flowsOf(nb, fabricOf(nb, sb));
}

const two = [
  { external: 'ext', members: [['a', 1]] },
  { external: 'ext2', members: [['b', 1]] },
] as const;

describe('the flows of a floating IP', () => {
  it('are in, out and to itself, and found by address', () => {
    expect(flows({ nat: [fip] }).map((flow) => [flow.target, flow.direction, flow.logicalPort])).toEqual([
      ['nat/vpc1/dnat_and_snat/10.100.0.9', 'inbound', 'web'],
      ['nat/vpc1/dnat_and_snat/10.100.0.9', 'outbound', 'web'],
      ['nat/vpc1/dnat_and_snat/10.100.0.9', 'hairpin', 'web'],
    ]);
    expect(flows({ nat: [fip] })[2]?.source?.direction).toBe('outbound');
    expect(flows({ nat: [fip] })[0]).toMatchObject({
      network: 'ext',
      gatewayPort: 'vpc1-ext',
      obstacle: undefined,
      conditions: [],
    });
  });

  it('are those of the host when the logical IP has a host mask', () => {
    const [flow] = flows({ nat: [{ ...fip, logicalIp: '192.168.0.4/32' }] });
    expect(flow).toMatchObject({ logicalIp: '192.168.0.4', logicalPort: 'web', obstacle: undefined });
  });

  it('have the name of their object where the row is ours', () => {
    const [flow] = flows({
      nat: [{ ...fip, externalIds: { 'berth.dev/owner': 'default', 'berth.dev/origin': 'ovn-fip/web' } }],
    });
    expect(flow).toMatchObject({
      target: 'fip/web',
      origins: [{ object: { kind: 'OvnFip', name: 'web' } }],
    });
  });

  it.each([
    ['both columns', { logicalPort: 'web', externalMac: mac }, 'distributed'],
    ['logical_port alone', { logicalPort: 'web' }, 'centralized'],
    ['external_mac alone', { externalMac: mac }, 'centralized'],
    ['dnat only', { type: 'dnat', logicalPort: 'web', externalMac: mac }, 'centralized'],
  ] as const)('%s: %s', (_, columns, placement) => {
    expect(flows({ nat: [{ ...fip, ...columns }] })[0]?.placement).toBe(placement);
  });

  it.each([
    ['23.03.1', 'distributed'],
    ['25.03.0', 'centralized'],
  ])('without a localnet port, on %s: %s', (release, placement) => {
    const nat = [{ ...fip, logicalPort: 'web', externalMac: mac }];
    const externals = [{ name: 'ext', localnet: false }];
    expect(flows({ nat }, { externals, release })[0]).toMatchObject({ placement, network: undefined });
  });

  it.each([
    ['a masked external IP', { externalIp: '10.100.0.0/24' }],
    ['a mixture of families', { logicalIp: 'fd00::4' }],
    ['a host mask of the other family', { logicalIp: '192.168.0.4/128' }],
    ['a network as logical IP', { logicalIp: '192.168.0.0/24' }],
    ['a MAC that is none', { logicalPort: 'web', externalMac: 'nonsense' }],
  ])('%s stops them', (_, columns) => {
    for (const { obstacle } of flows({ nat: [{ ...fip, ...columns }] })) {
      expect(obstacle?.reason).toBe('nat-ignored');
    }
  });

  it('need a gateway port, of several the one on the network of the address', () => {
    expect(flows({ nat: [fip], gatewayPorts: [] })[0]?.obstacle?.reason).toBe('nat-ignored');
    expect(flows({ nat: [{ ...fip, externalIp: '9.9.9.9' }] })[0]?.obstacle).toBeUndefined();
    const [near, far] = ['10.101.0.9', '9.9.9.9'].map(
      (externalIp) => flows({ nat: [{ ...fip, externalIp }], gatewayPorts: two })[0],
    );
    expect([near?.gatewayPort, near?.network]).toEqual(['vpc1-ext2', 'ext2']);
    expect(far?.obstacle?.reason).toBe('nat-ignored');
    expect(flows({ nat: [{ ...fip, gatewayPort: 'vpc1-ext2' }], gatewayPorts: two })[0]).toMatchObject({
      gatewayPort: 'vpc1-ext2',
      obstacle: undefined,
    });
  });

  it('say what they hold for only when routes are missing', () => {
    const [flow] = flows({ nat: [fip], routes: [] });
    expect(flow?.obstacle).toBeUndefined();
    expect(flow?.conditions).toEqual([
      'only for hosts on the networks of vpc1-ext: router vpc1 has no IPv4 default route',
    ]);
    const v6 = { ...fip, externalIp: 'fd01::9', logicalIp: 'fd00::4' };
    expect(flows({ nat: [v6] })[0]?.obstacle?.reason).toBe('no-route');
  });

  it('say so when the workload has another', () => {
    const outbound = flows({ nat: [fip, { ...fip, externalIp: '10.100.0.10' }] })[1];
    expect(outbound?.externalIp).toBe('10.100.0.10');
    expect(outbound?.conditions).toEqual(['OVN may as well let 192.168.0.4 leave as 10.100.0.9']);
  });

  it('are stopped on the gateway where the workload has a distributed one on a node that is none', () => {
    const local = { ...fip, logicalPort: 'web', externalMac: mac };
    const central = { ...fip, externalIp: '10.100.0.10' };
    const told = (nat: readonly WorldNat[], only: string) =>
      flows({ nat, gatewayPorts: [{ external: 'ext', members: [[only, 1]] }] })
        .filter(({ externalIp }) => externalIp === '10.100.0.10')
        .map(({ direction, obstacle, doubt }) => [direction, obstacle?.reason, doubt]);
    const stopped = ['fip-ambiguous', undefined];
    expect(told([local, central], 'b')).toEqual([
      ['inbound', ...stopped],
      ['outbound', ...stopped],
      ['hairpin', ...stopped],
    ]);
    expect(told([local, { ...central, type: 'dnat' }], 'b')).toEqual([['inbound', ...stopped]]);
    const what =
      '192.168.0.4 has the distributed floating IP 10.100.0.9, by which all that it sends leaves its node';
    expect(told([local, central], 'a')[0]).toEqual([
      'inbound',
      undefined,
      `whether OVN lets 192.168.0.4 answer as 10.100.0.10: ${what}, unless that node is the active gateway`,
    ]);
    // The other way about nothing changes: all leaves as the distributed one.
    const own = flows({ nat: [local, central], gatewayPorts: [{ external: 'ext', members: [['b', 1]] }] });
    expect(own.filter(({ externalIp }) => externalIp === fip.externalIp)).toMatchObject([
      { obstacle: undefined, conditions: [] },
      { obstacle: undefined, conditions: [] },
      { obstacle: undefined, conditions: [] },
    ]);
    // A row that runs where another port is takes nothing of this one.
    expect(told([{ ...local, logicalPort: 'db' }, central], 'b')[0]).toEqual([
      'inbound',
      undefined,
      undefined,
    ]);
  });
});

describe('the flows of an SNAT', () => {
  const snat: WorldNat = { type: 'snat', externalIp: '10.100.0.2', logicalIp: '192.168.0.0/24' };

  it('are one for each workload without a floating IP, by the longest mask', () => {
    const one = { ...snat, externalIp: '10.100.0.3', logicalIp: '192.168.0.5' };
    const found = (nat: readonly WorldNat[]) =>
      flows({ nat })
        .filter(({ kind }) => kind === 'source-nat')
        .map(({ externalIp, logicalPort }) => [externalIp, logicalPort]);
    expect(found([snat])).toEqual([
      ['10.100.0.2', 'web'],
      ['10.100.0.2', 'db'],
    ]);
    expect(found([snat, fip])).toEqual([['10.100.0.2', 'db']]);
    expect(found([snat, one])).toEqual([
      ['10.100.0.2', 'web'],
      ['10.100.0.3', 'db'],
    ]);
  });

  it('are in doubt where another row translates the very same network to another address', () => {
    const doubts = (...others: readonly Partial<WorldNat>[]) =>
      flows({ nat: [snat, ...others.map((each) => ({ ...snat, externalIp: '10.100.0.3', ...each }))] })
        .filter(({ kind }) => kind === 'source-nat')
        .map(({ externalIp, logicalPort, doubt }) => [externalIp, logicalPort, doubt]);
    const doubt =
      'which of the 2 SNAT rows of router vpc1 for 192.168.0.0/24 OVN takes, that to 10.100.0.2 or 10.100.0.3';
    expect(doubts({})).toEqual([
      ['10.100.0.2', 'web', doubt],
      ['10.100.0.2', 'db', doubt],
      ['10.100.0.3', 'web', doubt],
      ['10.100.0.3', 'db', doubt],
    ]);
    expect(doubts({ logicalIp: '192.168.0.0/25' }).map(([, , each]) => each)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are one without workload when nobody is translated', () => {
    expect(flows({ nat: [{ ...snat, logicalIp: '172.16.0.0/24' }] })).toMatchObject([
      { logicalPort: undefined, direction: 'outbound' },
    ]);
  });

  it('say why no workload uses a row, where no packets come from beyond', () => {
    const own = { [originKey]: 'ovn-snat-rule/out' };
    const idle = (...nat: readonly WorldNat[]) => {
      const [one] = flows({ nat: [{ ...snat, externalIds: own }, ...nat] }).filter(
        ({ target }) => target === 'snat/out',
      );
      return one?.idle ?? one?.obstacle?.why ?? one?.logicalPort;
    };
    const other: WorldNat = { ...fip, externalIp: '10.100.0.8', logicalIp: '192.168.0.5' };
    const narrower: WorldNat = { ...snat, externalIp: '10.100.0.3', logicalIp: '192.168.0.0/25' };
    expect(idle(fip)).toBe('db');
    expect(idle(fip, other)).toBe('no workload uses it now: in 192.168.0.0/24 db and web have floating IPs');
    expect(idle(fip, { ...narrower, externalIds: { [originKey]: 'ovn-snat-rule/db' } })).toMatch(
      /: in \S+ db leaves as 10\.100\.0\.3 and web has a floating IP$/,
    );
    expect(idle({ ...narrower, externalIp: snat.externalIp })).toMatch(
      /: in \S+ db and web leave as 10\.100\.0\.2$/,
    );
    expect(idle(fip, narrower)).toMatch(
      /^none of the workloads in 192\.168\.0\.0\/24 leaves by it: .* as 10\.100\.0\.3 \(NAT row \S+, not made by Berth, for 192\.168\.0\.0\/25\), as the smaller/,
    );
    const idleAt = (logicalIp: string, ...nat: readonly WorldNat[]) =>
      flows({ nat: [{ ...snat, logicalIp }, ...nat] }).find(({ kind }) => kind === 'source-nat')?.idle;
    expect(idleAt('192.168.0.128/25')).toBe(
      'no workload uses it now: no port has an address in 192.168.0.128/25',
    );
    expect(idleAt('192.168.0.4', fip)).toMatch(/: in \S+ web has a floating IP$/);
    // Who has these may be behind something that NB does not tell of.
    expect([idleAt('192.168.0.77'), idleAt('172.16.0.0/24'), idleAt('10.0.0.0/8')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it('of a route to a part of the world that leads elsewhere it is said that its hosts are not reached', () => {
  const routes = [
    { prefix: '0.0.0.0/0', nexthop: '10.100.0.1' },
    { prefix: '172.16.0.0/12', nexthop: '192.168.0.5' },
  ];
  const [inbound] = flows({ nat: [fip], routes });
  expect(inbound?.conditions).toEqual([
    'not for hosts in 172.16.0.0/12: the router has routes there that lead elsewhere',
  ]);
});

describe('the flows of a load-balancer', () => {
  const balancers = [{ name: 'lb', vips: { '10.100.0.20:80': '192.168.0.4:8080,192.168.0.5:8080' } }];

  it('are one for each backend', () => {
    expect(flows({ balancers })).toMatchObject([
      {
        kind: 'port-forward',
        logicalPort: 'web',
        externalPort: { protocol: 'tcp', port: 80 },
        innerPort: 8080,
      },
      { kind: 'port-forward', logicalPort: 'db', obstacle: undefined, placement: 'centralized' },
    ]);
  });

  it('take their ports of a floating IP with the same address', () => {
    const shared = [{ name: 'lb', vips: { '10.100.0.9:80': '192.168.0.5:8080' } }];
    const inbound = flows({ balancers: shared, nat: [fip] }).filter(
      ({ direction }) => direction === 'inbound',
    );
    expect(inbound.map(({ conditions }) => conditions)).toEqual([
      [],
      ['not to tcp port 80: load-balancer lb (not made by Berth) has that address too'],
    ]);
  });

  it('take nothing where the node of a distributed floating IP answers', () => {
    const shared = [{ name: 'lb', vips: { '10.100.0.9:80': '192.168.0.5:8080' } }];
    const distributed = [{ ...fip, logicalPort: 'web', externalMac: mac }];
    const gatewayPorts = [{ external: 'ext', members: [['b', 1]] }] as const;
    const [forwarded, inbound] = flows({ balancers: shared, nat: distributed, gatewayPorts })
      .filter(({ direction }) => direction === 'inbound')
      .toSorted((left, right) => left.kind.localeCompare(right.kind) * -1);
    expect(forwarded).toMatchObject({
      kind: 'port-forward',
      obstacle: {
        reason: 'address-shared',
        why: expect.stringContaining('load-balancer lb (not made by Berth)'),
        cure: 'take the address from the load-balancer: ovn-nbctl lb-del lb 10.100.0.9:80',
      },
    });
    expect(inbound?.conditions).toEqual([]);
  });

  it('are stopped when there is no backend', () => {
    expect(flows({ balancers: [{ name: 'lb', vips: { '10.100.0.20:80': '' } }] })).toMatchObject([
      { obstacle: { reason: 'nat-ignored' }, logicalPort: undefined },
    ]);
  });

  it('are not known where another load-balancer has the virtual address too, and leads it elsewhere', () => {
    const doubts = (value: string, key = '10.100.0.20:80', more = {}) =>
      flows({ balancers: [...balancers, { name: 'hand', vips: { [key]: value }, ...more }] }).map(
        ({ doubt }) => doubt,
      );
    const doubt =
      'which of load-balancer hand (not made by Berth) and load-balancer lb (not made by Berth) OVN takes for 10.100.0.20:80 (tcp)';
    expect(doubts('192.168.0.5:9090')).toEqual([doubt, doubt, doubt]);
    expect(doubts('')).toEqual([doubt, doubt, doubt]);
    const known = [undefined, undefined, undefined];
    expect(doubts('192.168.0.5:8080,192.168.0.4:8080')).toEqual([...known, undefined]);
    expect(doubts('192.168.0.5:9090', '10.100.0.20:81')).toEqual(known);
    expect(doubts('192.168.0.5', '10.100.0.20')).toEqual(known);
    expect(doubts('192.168.0.5:9090', '10.100.0.20:80', { protocol: 'udp' })).toEqual(known);
  });

  it('leave out what is on no external network', () => {
    expect(flows({ balancers: [{ name: 'lb', vips: { '172.30.0.1:80': '192.168.0.4:80' } }] })).toEqual([]);
  });

  it('stop where OVN is too old for their surroundings', () => {
    const distributed = [{ ...fip, logicalPort: 'web', externalMac: mac }];
    const reasons = (router: Partial<WorldRouter>, release: string) =>
      flows({ balancers, ...router }, { release })
        .filter(({ kind }) => kind === 'port-forward')
        .map(({ obstacle }) => obstacle?.reason);
    expect(reasons({ nat: distributed }, '23.03.1')).toEqual(['backend-distributed', undefined]);
    expect(reasons({ nat: distributed }, '23.09.0')).toEqual([undefined, undefined]);
    const several = { gatewayPorts: two };
    expect(reasons(several, '23.03.1')).toEqual(['dnat-several-gateways', 'dnat-several-gateways']);
    expect(reasons(several, '24.09.0')).toEqual([undefined, undefined]);
    const inbound = flows({ balancers, nat: distributed }, { release: '23.09.0' }).find(
      ({ kind, direction }) => kind === 'floating-ip' && direction === 'inbound',
    );
    expect(inbound?.conditions).toEqual(['not to tcp port 8080: a load-balancer forwards there']);
  });
});

it('a hairpin leaves as one flow and arrives as the other', () => {
  const all = flows({ nat: [fip, { ...fip, externalIp: '10.100.0.10', logicalIp: '192.168.0.5' }] });
  const from = all.find(({ direction, logicalPort }) => direction === 'outbound' && logicalPort === 'db');
  const to = all.find(({ direction, logicalPort }) => direction === 'inbound' && logicalPort === 'web');
  expect(from && to && hairpinFlow(from, to)).toMatchObject({
    direction: 'hairpin',
    externalIp: '10.100.0.9',
    source: { externalIp: '10.100.0.10' },
    rows: [{ name: '10.100.0.10' }, { name: '10.100.0.9' }],
  });
});

it('plain routed traffic is what no rule translates', () => {
  const routed = (nat: readonly WorldNat[], port: string) => {
    const { nb, sb } = ovnWorld(worldOf({ nat }));
    return routedFlows(nb, fabricOf(nb, sb), port);
  };
  expect(routed([fip], 'web')).toEqual([]);
  expect(routed([], 'nobody')).toEqual([]);
  expect(routed([fip], 'db')).toMatchObject([
    { kind: 'routed', target: 'pod/db', gatewayPort: 'vpc1-ext', externalIp: undefined },
  ]);
});

it('the same rows give the same flows whatever their order', () => {
  const nat = [fip, { ...fip, externalIp: '10.100.0.10', logicalIp: '192.168.0.5' }];
  expect(flows({ nat })).toEqual(flows({ nat: nat.toReversed() }));
});
