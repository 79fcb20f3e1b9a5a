import { changeSnapshot } from '@berth/ovsdb/value';
import { expect, it } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import {
  type OvnSnapshots,
  type OvnWorld,
  ovnWorld,
  type WorldNat,
  type WorldRouter,
} from '../../testing/ovn-world.ts';
import { uuidOf } from '../../testing/ovn-world-names.ts';
import { analyse } from '../analyse.ts';
import { flowsOf } from './flows-of.ts';

const central: WorldNat = { type: 'dnat_and_snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.4' };
const distributed: WorldNat = { ...central, logicalPort: 'web', externalMac: '02:00:00:00:01:09' };
const defaultRoute = { prefix: '0.0.0.0/0', nexthop: '10.100.0.1' };

function worldOf(nat: readonly WorldNat[], router: Partial<WorldRouter> = {}): OvnWorld {
  return {
    nodes: ['gw', 'standby', 'here', 'there'].map((name) => ({ name })),
    externals: [{ name: 'ext', subnets: ['10.100.0.0/16'] }],
    routers: [
      {
        name: 'vpc1',
        gatewayPorts: [
          {
            external: 'ext',
            members: [
              ['gw', 2],
              ['standby', 1],
            ],
          },
        ],
        subnets: [
          {
            name: 's1',
            pods: [
              { name: 'web', node: 'here', ips: ['192.168.0.4'] },
              { name: 'api', node: 'there', ips: ['192.168.0.5'] },
              { name: 'db', node: 'here', ips: ['192.168.0.6'] },
            ],
          },
        ],
        nat,
        ...router,
      },
    ],
  };
}

/** The same world with some rows otherwise. */
type Change = (world: OvnSnapshots) => OvnSnapshots;

const asItIs: Change = (world) => world;

/** A switch port with other addresses. */
function addressed(name: string, ...addresses: readonly string[]): Change {
  return ({ nb, sb }) => {
    const [row] = nb.table('Logical_Switch_Port').find({ name });
    if (row === undefined) throw new Error(`there is no port ${name}`);
    const changes = [{ uuid: row._uuid, after: { ...row, addresses: new Set(addresses) } }];
    return { nb: changeSnapshot(nb, [{ table: 'Logical_Switch_Port', changes }]), sb };
  };
}

/** Somebody with this MAC answered the router for an address. */
function answered(ip: string, mac: string): Change {
  return ({ nb, sb }) => {
    const uuid = uuidOf('MAC_Binding', ip);
    const datapath = uuidOf('Datapath_Binding', 'vpc1');
    const after = { _uuid: uuid, datapath, ip, logical_port: 'vpc1-s1', mac, timestamp: 0 };
    return { nb, sb: changeSnapshot(sb, [{ table: 'MAC_Binding', changes: [{ uuid, after }] }]) };
  };
}

/** What comes of each direction: outcome or reason, and who answers. */
function fates(
  nat: readonly WorldNat[],
  router?: Partial<WorldRouter>,
  change: Change = asItIs,
): readonly string[] {
  const { nb, sb } = change(ovnWorld(worldOf(nat, router)));
  const fabric = fabricOf(nb, sb);
  const { verdicts } = analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] });
  return verdicts
    .filter(({ flow }) => flow.direction !== 'hairpin')
    .map(({ flow, after }) =>
      [flow.direction, after.reason ?? after.outcome, after.berth, flow.logicalPort].join(' ').trim(),
    );
}

function whyOf(nat: WorldNat, router?: Partial<WorldRouter>): string | undefined {
  const { nb, sb } = ovnWorld(worldOf([nat], router));
  const fabric = fabricOf(nb, sb);
  return analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] }).verdicts[0]?.why;
}

it('a distributed row that leads to nobody is lost, and its node answers still', () => {
  const stray = { ...distributed, logicalIp: '192.168.0.77' };
  expect(fates([stray])).toEqual(['inbound target-mismatch here web', 'outbound target-mismatch  web']);
  expect(whyOf(stray)).toBe(
    'its NAT row runs where port web is and leads to 192.168.0.77, which no port has; here still answers for the address',
  );
});

it('one that leads to a port of another node is lost, to one of the same node it is that port’s', () => {
  expect(fates([{ ...distributed, logicalIp: '192.168.0.5' }])[0]).toBe('inbound target-mismatch here web');
  expect(fates([{ ...distributed, logicalPort: 'api' }])[0]).toBe('inbound target-mismatch there api');
  expect(fates([{ ...distributed, logicalIp: '192.168.0.6' }])).toEqual([
    'inbound delivered here db',
    'outbound delivered here db',
  ]);
});

it('a centralized row is told by its address, whatever port it names', () => {
  const named = { ...central, logicalPort: 'web' };
  expect(fates([{ ...named, logicalIp: '192.168.0.5' }])[0]).toBe('inbound delivered gw api');
  expect(fates([{ ...named, logicalIp: '192.168.0.77' }])[0]).toBe('inbound location-unknown gw');
  expect(fates([{ ...named, logicalIp: '10.1.2.3' }])[0]).toBe('inbound target-outside-vpc gw');
});

it('a route that is longer than the subnet takes what comes in away', () => {
  const hide = (prefix: string, nexthop: string) => ({
    routes: [defaultRoute, { prefix, nexthop }],
  });
  const hidden = 'inbound route-hides-subnet here web';
  expect(fates([distributed], hide('192.168.0.4/32', '10.100.0.1'))[0]).toBe(hidden);
  expect(fates([distributed], hide('192.168.0.0/25', 'discard'))[0]).toBe(hidden);
  expect(fates([distributed], hide('192.168.0.0/24', '10.100.0.1'))[0]).toBe('inbound delivered here web');
  expect(fates([distributed], hide('192.168.0.4/32', '172.16.0.1'))[0]).toBe('inbound delivered here web');
  expect(whyOf(central, hide('192.168.0.4/32', '192.168.0.99'))).toBe(
    'it is not known where 192.168.0.99 sends what is for 192.168.0.4, to which the route of router vpc1 for 192.168.0.4/32 leads',
  );
});

it('a gateway answers for an address behind which nobody is bound', () => {
  const pods = [{ name: 'web', node: undefined, ips: ['192.168.0.4'] }];
  expect(fates([central], { subnets: [{ name: 's1', pods }] })).toEqual([
    'inbound workload-down gw web',
    'outbound workload-down  web',
  ]);
  expect(fates([distributed], { subnets: [{ name: 's1', pods }] })[0]).toBe('inbound workload-down  web');
});

it('of two rows for one address nobody knows which counts, unless they do the same', () => {
  expect(fates([distributed, { ...central, logicalIp: '192.168.0.5' }])).toEqual(
    expect.arrayContaining(['inbound location-unknown here web', 'inbound location-unknown gw api']),
  );
  expect(fates([central, { ...central, type: 'snat' }])).toContain('inbound delivered gw web');
});

it('a MAC that is none leaves the gateway to answer, that of a group nobody', () => {
  expect(fates([{ ...distributed, externalMac: 'none' }])[0]).toBe('inbound nat-ignored gw web');
  expect(fates([{ ...distributed, externalMac: '01:00:5e:00:00:01' }])[0]).toBe('inbound nat-ignored  web');
});

it('a row of type dnat is not to name a port', () => {
  expect(fates([{ ...distributed, type: 'dnat' }])).toEqual(['inbound nat-ignored  web']);
  expect(fates([{ ...central, type: 'dnat' }])).toEqual(['inbound delivered gw web']);
});

it('who has an address that NB gives to no port is told by the MAC that answered', () => {
  const web = addressed('web', '02:00:00:00:00:44 192.168.0.44');
  const seen =
    (mac: string): Change =>
    (world) =>
      answered('192.168.0.4', mac)(web(world));
  expect(fates([distributed], {}, web)[0]).toBe('inbound target-mismatch here web');
  expect(fates([distributed], {}, seen('02:00:00:00:00:44'))[0]).toBe('inbound delivered here web');
  expect(fates([central], {}, seen('02:00:00:00:00:44'))[0]).toBe('inbound delivered gw web');
  expect(fates([distributed], {}, seen('02:00:00:00:00:99'))[0]).toBe('inbound target-mismatch here web');
});

it('a port that takes anything has the address of the row that names it, of another nobody knows', () => {
  for (const addresses of [[], ['unknown']]) {
    expect(fates([distributed], {}, addressed('web', ...addresses))[0]).toBe('inbound delivered here web');
    const named = { ...central, logicalPort: 'web' };
    expect(fates([named], {}, addressed('web', ...addresses))[0]).toBe('inbound delivered gw web');
  }
  const stray = { ...distributed, logicalIp: '192.168.0.77' };
  expect(fates([stray], {}, addressed('api', 'unknown'))[0]).toBe('inbound location-unknown here web');
});

it('a switch that hands nothing to its router keeps packets from it', () => {
  const outside = 'ext-vpc1-ext';
  expect(fates([distributed], {}, addressed(outside))[0]).toBe('inbound nat-ignored here web');
  expect(fates([central], {}, addressed(outside))[0]).toBe('inbound nat-ignored gw web');
  // A router's own MAC will do for what is sent to it, and not for what is sent to a distributed row's.
  const own = addressed(outside, '02:02:00:00:00:00 10.100.0.2');
  expect(fates([central], {}, own)[0]).toBe('inbound delivered gw web');
  expect(fates([distributed], {}, own)[0]).toBe('inbound nat-ignored here web');
  expect(fates([central], {}, addressed('s1-vpc1'))[0]).toBe('inbound nat-ignored gw web');
});

it('a route by source that is longer than the network outside is before its neighbours', () => {
  const bySource = (prefix: string) => ({
    routes: [defaultRoute, { prefix, nexthop: '192.168.0.99', policy: 'src-ip' as const }],
  });
  expect(fates([distributed], bySource('192.168.0.4/32'))[0]).toBe('inbound no-route here web');
  expect(fates([distributed], bySource('192.168.0.0/16'))[0]).toBe('inbound delivered here web');
});

it('nobody answers on a node on which the router has no part', () => {
  const subnets = [{ name: 's2', pods: [] }];
  const apart = worldOf([distributed]).routers.map((router) => ({ ...router, name: 'other', nat: [] }));
  const { nb, sb } = ovnWorld({
    ...worldOf([distributed], { subnets }),
    routers: [...worldOf([distributed], { subnets }).routers, ...apart],
  });
  const fabric = fabricOf(nb, sb);
  const [inbound] = analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] }).verdicts;
  expect(inbound?.after).toMatchObject({ outcome: 'lost', berth: undefined });
});

it("what is sent to a router's own address is dropped, unless an snat row has it too", () => {
  const members: readonly [string, number][] = [['gw', 2]];
  const own = { gatewayPorts: [{ external: 'ext', members, networks: ['10.100.0.9/16'] }] };
  expect(fates([central], own)).toEqual(['inbound nat-ignored gw web', 'outbound nat-ignored  web']);
  expect(fates([{ ...central, type: 'dnat' }], own)).toEqual(['inbound nat-ignored gw web']);
  const snat: WorldNat = { type: 'snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.5/32' };
  expect(fates([central, snat], own)).toEqual(
    expect.arrayContaining(['inbound delivered gw web', 'outbound delivered gw web']),
  );
  expect(fates([central, { ...snat, externalIp: '10.100.0.8' }], own)[0]).toBe('inbound nat-ignored gw web');
  expect(whyOf(central, own)).toContain('it is the address of router port vpc1-ext, and OVN drops');
  const second = { ...central, externalIp: '10.100.0.8' };
  expect(fates([central, second], own)).toEqual(
    expect.arrayContaining(['inbound delivered gw web', 'outbound location-unknown  web']),
  );
});
