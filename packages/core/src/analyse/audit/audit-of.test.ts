import { originKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { type Columns, changeSnapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { audit, central, codes, distributed, gateway, type Parts, worldOf } from '../../testing/audited.ts';
import { ovnWorld, type WorldGatewayPort, type WorldNat } from '../../testing/ovn-world.ts';
import { flowsOf } from '../flows/flows-of.ts';
import { auditOf } from './audit-of.ts';

/** The same network with ACLs on the switch of its workloads. */
function withAcls(acls: readonly Omit<Columns, 'name'>[], parts: Parts = {}) {
  const { nb, sb } = ovnWorld(worldOf(parts));
  const [own] = [...nb.table('Logical_Switch')].filter(({ name }) => name === 's1');
  if (own === undefined) throw new Error('no switch');
  const uuid = (place: number): Uuid => `00000000-0000-4000-9000-00000000000${place}` as Uuid;
  const drawn = snapshotOf<NbTables>(nbSchema, {
    ACL: acls.map((acl, place) => ({ _uuid: uuid(place), action: 'drop', priority: 1000, ...acl })),
  });
  const changed = changeSnapshot(nb, [
    { table: 'ACL', changes: [...drawn.table('ACL')].map((after) => ({ uuid: after._uuid, after })) },
    {
      table: 'Logical_Switch',
      changes: [{ uuid: own._uuid, after: { ...own, acls: new Set(acls.map((_, place) => uuid(place))) } }],
    },
  ]);
  const fabric = fabricOf(changed, sb);
  return { nb: changed, sb, fabric, flows: flowsOf(changed, fabric) };
}

describe('auditOf', () => {
  it.each<[match: string, severity: string, what: string, tried: string]>([
    ['tcp.dst == 22', 'info', 'drops what has tcp.dst == 22', 'ICMP echo passes and TCP to port 80 passes'],
    [
      'outport == "web" && tcp',
      'warning',
      'drops what has tcp',
      'ICMP echo passes and TCP to port 80 is dropped',
    ],
    ['icmp4', 'warning', 'drops what has icmp4', 'ICMP echo is dropped and TCP to port 80 passes'],
    [
      'ip4.src == 10.0.0.0/8',
      'warning',
      'drops what has ip4.src == 10.0.0.0/8',
      'ICMP echo depends on the other end and TCP to port 80 depends on the other end',
    ],
    [
      'icmp4 || tcp',
      'warning',
      'drops what has icmp4 || tcp',
      'ICMP echo is dropped and TCP to port 80 is dropped',
    ],
  ])('tells that an ACL drops a part: %s', (match, severity, what, tried) => {
    const [found, ...others] = auditOf(withAcls([{ direction: 'to-lport', match }]));
    const rule = `ACL to-lport 1000 (${match}) drop of switch s1`;
    expect(found).toMatchObject({
      code: 'acl-drops-part',
      severity,
      object: { kind: 'NAT', name: 'vpc1/dnat_and_snat/10.100.0.9' },
      message: `10.100.0.9, in and out: ${rule} ${what}; tried: ${tried}`,
    });
    expect(found?.cure).toContain(`ovn-nbctl acl-del s1 to-lport 1000 '${match}'`);
    expect(found?.cure).toContain(`acl-add s1 to-lport 1001 '(${match}) && (ip4.src == 192.168.0.4`);
    expect(others).toEqual([]);
  });

  it('tells of an ACL that OVN leaves out, with whom it concerns and what is wrong', () => {
    const match = 'ip4.source == 10.0.0.1';
    const found = auditOf(withAcls([{ direction: 'to-lport', match }]));
    expect(found).toEqual([
      expect.objectContaining({
        code: 'acl-ignored',
        severity: 'error',
        object: { kind: 'Logical_Switch', name: 's1' },
        message: `OVN leaves out ACL to-lport 1000 (${match}) drop of switch s1: there is no field ip4.source`,
        cure: `correct its match, or delete it: ovn-nbctl acl-del s1 to-lport 1000 '${match}'`,
        related: [{ kind: 'NAT', name: 'vpc1/dnat_and_snat/10.100.0.9' }],
        rows: [{ db: 'NB', table: 'ACL', uuid: '00000000-0000-4000-9000-000000000000' }],
      }),
    ]);
  });

  it('tells what an ACL drops but for what others let pass, once for all addresses', () => {
    const acls = [
      { direction: 'to-lport', match: 'ip4' },
      { direction: 'to-lport', priority: 1001, match: 'icmp4', action: 'allow-related' },
    ];
    const second: WorldNat = { ...central, externalIp: '10.100.0.10', logicalIp: '192.168.0.5' };
    const found = auditOf(withAcls(acls, { nat: [central, second] }));
    expect(found.map(({ code, message, related }) => [code, message, related.length])).toEqual([
      [
        'acl-drops-part',
        '10.100.0.10 and 1 more, in and out: ACL to-lport 1000 (ip4) drop of switch s1 drops all but what ACL 1001 (icmp4) before it lets pass; tried: ICMP echo passes and TCP to port 80 is dropped',
        1,
      ],
    ]);
  });

  it('tells an ACL once, also where another one takes more from one of the addresses', () => {
    const acls = [
      { direction: 'to-lport', match: 'ip4 && udp' },
      { direction: 'to-lport', priority: 1001, match: 'ip4.dst == 192.168.0.4 && tcp.dst == 80' },
    ];
    const second: WorldNat = { ...central, externalIp: '10.100.0.10', logicalIp: '192.168.0.5' };
    const found = auditOf(withAcls(acls, { nat: [central, second] }));
    const told = found.filter(({ message }) => message.includes('(ip4 && udp)'));
    expect(told.map(({ severity, message }) => [severity, message])).toEqual([
      [
        'warning',
        '10.100.0.10 and 1 more, in and out: ACL to-lport 1000 (ip4 && udp) drop of switch s1 drops what has udp; tried: ICMP echo passes and TCP to port 80 passes or is dropped, by the address and the way',
      ],
    ]);
  });

  it('names in the cure of a drop what else it takes away, and starts nothing for what Berth never made', () => {
    const cureOf = (match: string) => auditOf(withAcls([{ direction: 'to-lport', match }]))[0]?.cure;
    expect(cureOf('1')).toBe(
      "delete it: ovn-nbctl acl-del s1 to-lport 1000 '1', or let this address pass before it: ovn-nbctl acl-add s1 to-lport 1001 '(1) && (ip4.src == 192.168.0.4 || ip4.dst == 192.168.0.4 || arp)' allow; it names arp because that ACL drops ARP too, without which nobody finds the address",
    );
    expect(cureOf('ip4')).toBe(
      "delete it: ovn-nbctl acl-del s1 to-lport 1000 'ip4', or let this address pass before it: ovn-nbctl acl-add s1 to-lport 1001 '(ip4) && (ip4.src == 192.168.0.4 || ip4.dst == 192.168.0.4)' allow",
    );
  });

  it('tells what drops everything, with the row and what to do', () => {
    const { nb, sb } = ovnWorld(worldOf({}));
    const [port] = [...nb.table('Logical_Switch_Port')].filter(({ name }) => name === 'web');
    if (port === undefined) throw new Error('no port');
    const after = { ...port, enabled: false };
    const disabled = changeSnapshot(nb, [
      { table: 'Logical_Switch_Port', changes: [{ uuid: port._uuid, after }] },
    ]);
    const fabric = fabricOf(disabled, sb);
    expect(auditOf({ nb: disabled, sb, fabric, flows: flowsOf(disabled, fabric) })).toMatchObject([
      {
        code: 'port-disabled',
        severity: 'error',
        object: { kind: 'NAT', name: 'vpc1/dnat_and_snat/10.100.0.9' },
        message: '10.100.0.9: switch port web is disabled: everything to and from it is dropped',
        cure: 'enable it: ovn-nbctl lsp-set-enabled web enabled',
      },
    ]);
  });

  it('finds nothing in a network that is as it should be', () => {
    expect(audit({})).toEqual([]);
    expect(audit({ nat: [distributed] })).toEqual([]);
    // A keeper stands for no chassis: it shares no priority and needs no mapping.
    expect(audit({ gateway: { members: [...gateway.members, ['keeper', 1]] } })).toEqual([]);
  });

  it.each<[string, Parts, readonly string[]]>([
    ['one gateway', { gateway: { members: [['a', 1]] } }, ['single-gateway']],
    [
      'one gateway and a keeper',
      {
        gateway: {
          members: [
            ['a', 1],
            ['keeper', 0],
          ],
        },
      },
      ['single-gateway'],
    ],
    ['gateways that do not exist', { gateway: { members: [['keeper', 0]] } }, ['no-gateway']],
    [
      'equal priorities',
      {
        gateway: {
          members: [
            ['a', 1],
            ['b', 1],
          ],
        },
      },
      ['priority-tie'],
    ],
    ['no third node', { router: { subnets: [{ name: 's1', pods: [] }] } }, ['no-witness']],
    [
      'a gateway without mapping',
      { world: { nodes: [{ name: 'a' }, { name: 'b', mappings: [] }, { name: 'c' }] } },
      ['no-bridge-mapping'],
    ],
    [
      'two encapsulations',
      { world: { nodes: [{ name: 'a' }, { name: 'b', encapsulation: 'vxlan' }, { name: 'c' }] } },
      ['encapsulation-mixed'],
    ],
    [
      'two floating IPs on one workload',
      { nat: [central, { ...central, externalIp: '10.100.0.8' }] },
      ['fip-ambiguous'],
    ],
    [
      'one MAC for two workloads',
      {
        nat: [
          distributed,
          { ...distributed, externalIp: '10.100.0.8', logicalIp: '192.168.0.5', logicalPort: 'db' },
        ],
      },
      ['mac-shared'],
    ],
    ['a row that OVN ignores', { nat: [{ ...distributed, externalMac: 'none' }] }, ['nat-ignored']],
    ['a port that does not exist', { nat: [{ ...distributed, logicalPort: 'gone' }] }, ['port-missing']],
    [
      'a distributed floating IP of a backend',
      {
        nat: [distributed],
        router: { balancers: [{ name: 'lb', vips: { '10.100.0.20:80': '192.168.0.4:80' } }] },
      },
      ['backend-distributed'],
    ],
    ['no default route', { router: { routes: [] } }, ['no-route']],
  ])('finds %s', (_, parts, expected) => {
    expect(codes(parts)).toEqual(expected);
  });

  it('finds that nothing is left to the default route, and where everything goes', () => {
    const by = (nexthop: string) => ['0.0.0.0/1', '128.0.0.0/1'].map((prefix) => ({ prefix, nexthop }));
    const [first] = worldOf({}).routers;
    const own = first?.routes ?? [{ prefix: '0.0.0.0/0', nexthop: '10.100.0.1' }];
    const found = audit({ router: { routes: [...own, ...by('192.168.0.5')] } });
    expect(found).toMatchObject([
      {
        code: 'no-route',
        severity: 'warning',
        message: expect.stringMatching(
          /^router vpc1 has 1 IPv4 NAT rows and sends IPv4 to the world by \S+, which is no gateway port: only hosts on its external networks are reached$/,
        ),
        cure: expect.stringContaining('ovn-nbctl lr-route-list vpc1'),
      },
    ]);
    expect(codes({ router: { routes: [...own, ...by('10.100.0.7')] } })).toEqual([]);
  });

  it('takes a centralized floating IP of a backend as it should be', () => {
    expect(
      codes({ router: { balancers: [{ name: 'lb', vips: { '10.100.0.20:80': '192.168.0.4:80' } }] } }),
    ).toEqual([]);
  });

  it('lets both families of one workload share a MAC', () => {
    const v6 = { ...distributed, externalIp: 'fd01::9', logicalIp: 'fd00::4' };
    expect(codes({ nat: [distributed, v6] })).not.toContain('mac-shared');
  });

  it('asks for no second gateway where there is one that is out for now', () => {
    const only = { gateway: { members: [['a', 1] as const] } };
    expect(audit(only)[0]?.cure).toMatch(/^add a second gateway/);
    const gone = {
      gateway: { members: [['a', 2] as const, ['b', 1] as const] },
      world: { nodes: [{ name: 'a' }, { name: 'b', present: false }, { name: 'c' }] },
    };
    expect(audit(gone)).toMatchObject([
      {
        code: 'single-gateway',
        message: expect.stringMatching(/on a alone while b is out$/),
        cure: expect.stringMatching(/^bring b back/),
      },
    ]);
    const dead = new Map([['gw-2', 'gateway-dead' as const]]);
    expect(audit(only, { gatewaysOut: dead })[0]?.cure).toMatch(/^bring gw-2 \(gateway-dead\) back/);
    const own = new Map([...dead, ['a', 'gateway-cordoned' as const]]);
    expect(audit(only, { gatewaysOut: own })[0]).toMatchObject({
      message: expect.stringMatching(/on a \(gateway-cordoned\) alone while gw-2 \(gateway-dead\) is out$/),
      cure: expect.stringMatching(/^bring gw-2 \(gateway-dead\) back/),
    });
  });

  it('leaves a row of ours to a controller only where one is at work', () => {
    const ours = { ...distributed, externalMac: 'none', externalIds: { [originKey]: 'ovn-fip/web' } };
    const cure = (isControlled: boolean) => audit({ nat: [ours] }, { isControlled })[0]?.cure;
    expect(cure(true)).toContain('the controller puts right by itself');
    expect(cure(false)).toContain('for what Berth programs start the controller');
  });

  it('finds an address on two routers', () => {
    const [first] = worldOf({}).routers;
    const subnets = [{ name: 's2', networks: ['192.168.0.1/24'] }];
    const second = { name: 'vpc2', gatewayPorts: [gateway], subnets, nat: [central] };
    const found = codes({ world: { routers: first ? [first, second] : [] } });
    expect(found).toEqual(['address-shared']);
  });

  it('finds an address that is that of a port of another router', () => {
    const [first] = worldOf({}).routers;
    const subnets = [{ name: 's2', networks: ['192.168.0.1/24'] }];
    const second = (networks: readonly string[]) => ({
      ...{ name: 'other', subnets, gatewayPorts: [{ ...gateway, networks }] },
    });
    const found = (networks: readonly string[]) =>
      audit({ world: { routers: first ? [first, second(networks)] : [] } });
    expect(found(['10.100.0.9/24'])).toMatchObject([
      {
        code: 'address-shared',
        object: { kind: 'NAT', name: 'vpc1/dnat_and_snat/10.100.0.9' },
        message: expect.stringMatching(
          /^routers other and vpc1 both answer for 10\.100\.0\.9, which is the address of router port \S+$/,
        ),
        related: [{ kind: 'Logical_Router_Port' }],
        rows: [{ table: 'NAT' }, { table: 'Logical_Router_Port' }],
      },
    ]);
    expect(found(['10.100.0.7/24'])).toEqual([]);
  });

  it('finds an address with two rows on one router, unless they do the same', () => {
    expect(codes({ nat: [central, { ...central, logicalIp: '192.168.0.5' }] })).toEqual(['address-shared']);
    expect(codes({ nat: [central, { ...central, type: 'snat' }] })).toEqual([]);
    expect(codes({ nat: [distributed, { ...central, type: 'snat' }] })).toContain('address-shared');
  });

  it('finds the ports of an address that a load-balancer takes, and whose it is', () => {
    const vips = { '10.100.0.9:80': '192.168.0.5:8080', '10.100.0.9:81': '192.168.0.5:8080' };
    const own = { [originKey]: 'ovn-fip/web' };
    const taken = (nat: WorldNat, externalIds = {}) =>
      audit({ nat: [nat], router: { balancers: [{ name: 'flb', vips, externalIds }] } });
    expect(taken({ ...central, externalIds: own })).toMatchObject([
      {
        code: 'address-shared',
        severity: 'warning',
        object: { kind: 'OvnFip', name: 'web' },
        message:
          'load-balancer flb (not made by Berth) has 10.100.0.9 too, and takes tcp port 80 and tcp port 81 of it to 192.168.0.5:8080, not to 192.168.0.4',
        cure: 'take that from the load-balancer (ovn-nbctl lb-del flb 10.100.0.9:80; ovn-nbctl lb-del flb 10.100.0.9:81), unless it is what you want',
        rows: [{ table: 'NAT' }, { table: 'Load_Balancer' }],
      },
    ]);
    const ofDnat = { [originKey]: 'ovn-dnat-rule/http' };
    expect(taken({ ...central, externalIds: own }, ofDnat)).toEqual([]);
    expect(taken(central, ofDnat)).toMatchObject([
      {
        object: { kind: 'NAT' },
        related: [{ kind: 'OvnDnatRule', name: 'http' }],
        cure: expect.stringMatching(/^delete the NAT row, which Berth did not make \(ovn-nbctl remove /),
      },
    ]);
    // Its node answers alone: of the load-balancer it is told that it is dark.
    expect(taken(distributed).map(({ object }) => object?.name)).toEqual(['vpc1/dnat/10.100.0.9']);
  });

  it('finds a virtual address that two load-balancers lead to different backends', () => {
    const own = { name: 'http', vips: { '10.100.0.20:80': '192.168.0.4:8080' } };
    const hand = { name: 'hand', vips: { '10.100.0.20:80': '192.168.0.5:8080' } };
    const found = (externalIds = {}) =>
      audit({ router: { balancers: [{ ...own, externalIds }, hand] } }).filter(
        ({ code }) => code === 'address-shared',
      );
    expect(found({ [originKey]: 'ovn-dnat-rule/http' })).toMatchObject([
      {
        severity: 'error',
        object: { kind: 'OvnDnatRule', name: 'http' },
        message:
          'router vpc1 has 2 load-balancers for 10.100.0.20:80 (tcp), load-balancer hand (not made by Berth) and load-balancer http (ovn-dnat-rule/http): which of them OVN takes is chance',
        cure: 'take it from what Berth did not make: ovn-nbctl lb-del hand 10.100.0.20:80',
        rows: [{ table: 'Load_Balancer' }, { table: 'Load_Balancer' }],
      },
    ]);
    expect(found()).toMatchObject([
      {
        object: { kind: 'NAT', name: 'vpc1/dnat/10.100.0.20' },
        cure: 'take it from all but one of them: ovn-nbctl lb-del hand 10.100.0.20:80; ovn-nbctl lb-del http 10.100.0.20:80',
      },
    ]);
  });

  it('finds a floating IP beside a distributed one of the same workload', () => {
    const beside = { ...central, externalIp: '10.100.0.8' };
    const why =
      '192.168.0.4 has the distributed floating IP 10.100.0.9, by which all that it sends leaves its node';
    expect(audit({ nat: [distributed, beside] })).toMatchObject([
      {
        code: 'fip-ambiguous',
        severity: 'error',
        object: { kind: 'NAT', name: 'vpc1/dnat_and_snat/10.100.0.8' },
        message: `10.100.0.8: ${why}: replies to 10.100.0.8 leave untranslated, and nothing leaves as 10.100.0.8`,
        cure: expect.stringMatching(
          /^delete one of the two rows \(ovn-nbctl remove Logical_Router vpc1 nat /,
        ),
      },
    ]);
  });

  it('finds one thing for each group, however many ports share it', () => {
    const [first] = worldOf({}).routers;
    const lonely: WorldGatewayPort = { external: 'ext', members: [['a', 1]], group: 'shared' };
    const routers = first && [
      { ...first, gatewayPorts: [lonely] },
      { name: 'vpc2', gatewayPorts: [lonely] },
    ];
    const found = audit({ world: { routers: routers ?? [] } });
    expect(found).toMatchObject([{ code: 'single-gateway', related: [{ name: 'vpc2-ext' }] }]);
  });

  it('finds a chassis that lags by more than the change that is on its way', () => {
    const withNumber = (nbCfg: number) => {
      const { nb } = ovnWorld(worldOf({}));
      const [before] = nb.table('NB_Global');
      const change = before && { uuid: before._uuid, before, after: { ...before, nb_cfg: nbCfg } };
      return changeSnapshot(nb, [{ table: 'NB_Global', changes: change ? [change] : [] }]);
    };
    expect(codes({}, { nb: withNumber(8) })).toEqual([]);
    expect(codes({}, { nb: withNumber(9) })).toEqual(['chassis-stale', 'chassis-stale', 'chassis-stale']);
  });

  it('finds switch ports that announce nothing', () => {
    const { nb } = ovnWorld(worldOf({}));
    const silent = [...nb.table('Logical_Switch_Port')]
      .filter(({ options }) => options.has('nat-addresses'))
      .map((before) => {
        const options = new Map([...before.options].filter(([key]) => key !== 'nat-addresses'));
        return { uuid: before._uuid, before, after: { ...before, options } };
      });
    expect(silent.length).toBeGreaterThan(0);
    const changed = changeSnapshot(nb, [{ table: 'Logical_Switch_Port', changes: silent }]);
    expect(codes({}, { nb: changed })).toEqual(['not-announced']);
  });

  it('finds rows whose object is gone, of its own instance only', () => {
    const marked = (owner: string) => ({
      nat: [{ ...central, externalIds: { 'berth.dev/owner': owner, 'berth.dev/origin': 'ovn-fip/web' } }],
    });
    const objects = (...names: readonly string[]) => ({
      objects: { instance: 'default', names: new Set(names) },
    });
    expect(codes(marked('default'), objects())).toEqual(['leftover']);
    expect(codes(marked('default'), objects('ovn-fip/web'))).toEqual([]);
    expect(codes(marked('other'), objects())).toEqual([]);
    expect(codes(marked('default'))).toEqual([]);
  });

  it('finds floating IPs that run elsewhere than asked', () => {
    const asked = (nat: WorldNat, wish: 'distributed' | 'centralized' | 'gateway-local') =>
      codes({ nat: [nat] }, { placements: new Map([['nat/vpc1/dnat_and_snat/10.100.0.9', wish]]) });
    expect(asked(distributed, 'centralized')).toEqual(['placement-differs']);
    expect(asked(central, 'distributed')).toEqual(['placement-differs']);
    expect(asked(distributed, 'distributed')).toEqual([]);
    // Its workload is on a node that is no gateway.
    expect(asked(distributed, 'gateway-local')).toEqual(['placement-differs']);
    expect(asked(central, 'gateway-local')).toEqual([]);
  });

  it.each([{ stateless: 'false' }, { staleless: 'false' }, { stateless: 'true' }])(
    'takes no option of a row of somebody else for a wish: %o',
    (options) => {
      const router = { externalIds: { vendor: 'kube-ovn' } };
      expect(codes({ nat: [{ ...distributed, options }], router })).toEqual([]);
    },
  );

  it('says that a port has no gateway, without the name of the member that stands for none', () => {
    const [told] = audit({ gateway: { members: [['berth-keeper', 0]] } });
    expect(told).toMatchObject({ code: 'no-gateway', message: 'router port vpc1-ext has no gateway' });
    const [gone] = audit({
      gateway: {
        members: [
          ['berth-keeper', 0],
          ['gone', 5],
        ],
      },
    });
    expect(gone?.message).toMatch(/is a chassis of this OVN: gone$/);
  });
});
