import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { type RowsByTable, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, it } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { northOf } from './north.ts';
import { routerView } from './router-view.ts';
import { waysOut } from './routes.ts';

const uuid = (place: number): Uuid => `00000000-0000-4000-8000-00000000000${place}` as Uuid;

type Rows<Table extends keyof NbTables & string> = NonNullable<RowsByTable<NbTables>[Table]>;

/** The ways out of a router with ports `one` on 10.1.0.0/24 and `two` on 10.2.0.0/24. */
function ways(
  routes: Rows<'Logical_Router_Static_Route'>,
  policies: Rows<'Logical_Router_Policy'> = [],
  groups: readonly string[] = [],
) {
  const nb = snapshotOf<NbTables>(nbSchema, {
    Logical_Router_Port: [
      { _uuid: uuid(1), name: 'one', networks: new Set(['10.1.0.5/24']) },
      { _uuid: uuid(2), name: 'two', networks: new Set(['10.2.0.5/24', 'fd02::5/64']) },
    ],
    Logical_Router_Static_Route: routes.map((route, place) => ({ ...route, _uuid: uuid(3 + place) })),
    Logical_Router_Policy: policies.map((policy, place) => ({ ...policy, _uuid: uuid(6 + place) })),
    Logical_Switch_Port: [{ _uuid: uuid(9), name: 'web' }],
    Port_Group: groups.map((name) => ({ name, ports: new Set([uuid(9)]) })),
    Logical_Router: [
      {
        name: 'r',
        ports: new Set([uuid(1), uuid(2)]),
        static_routes: new Set(routes.map((_, place) => uuid(3 + place))),
        policies: new Set(policies.map((_, place) => uuid(6 + place))),
      },
    ],
  });
  const north = northOf(nb, fabricOf(nb, snapshotOf<SbTables>(sbSchema, {})));
  const [router] = north.routers;
  if (router === undefined) throw new Error('no router');
  return waysOut(north, routerView(north, router));
}

const everything = { ip_prefix: '0.0.0.0/0', nexthop: '10.1.0.1' };

it('out is by the default route of the family, not by routes to a part of the world', () => {
  const out = ways([everything, { ip_prefix: '172.16.0.0/12', nexthop: '10.2.0.1' }]);
  expect(out.ports('192.168.0.4')).toEqual(['one']);
  expect(out.ports('fd00::4')).toEqual([]);
  expect(ways([{ ip_prefix: '::/0', nexthop: 'fd02::1' }]).ports('fd00::4')).toEqual(['two']);
});

it('routes to parts that leave out nothing are the ways out, and nothing is left to the default route', () => {
  const low = { ip_prefix: '0.0.0.0/1', nexthop: '10.2.0.1' };
  const high = { ip_prefix: '128.0.0.0/1', nexthop: '10.2.0.1' };
  const near = { ip_prefix: '172.16.0.0/12', nexthop: '10.1.0.1' };
  expect(ways([everything, low, high]).ports('192.168.0.4')).toEqual(['two']);
  expect(ways([everything, low, high, near]).ports('192.168.0.4')).toEqual(['two']);
  expect(ways([everything, low, low]).ports('192.168.0.4')).toEqual(['one']);
  expect(ways([everything, low, { ...high, nexthop: 'discard' }]).ports('192.168.0.4')).toEqual(['two']);
  expect(ways([everything, low, { ...high, nexthop: '10.9.0.1' }]).ports('192.168.0.4')).toEqual(['one']);
  const bySource = { ip_prefix: '192.168.0.0/24', nexthop: '10.1.0.1', policy: 'src-ip' as const };
  expect(ways([everything, low, high, bySource]).ports('192.168.0.4')).toEqual(['one']);
});

it('routes to a part of the world that lead elsewhere are named', () => {
  const out = ways([
    everything,
    { ip_prefix: '172.16.0.0/12', nexthop: '10.2.0.1' },
    { ip_prefix: '192.0.2.0/24', nexthop: 'discard' },
    { ip_prefix: '198.51.100.0/24', nexthop: '10.1.0.7' },
    { ip_prefix: '203.0.113.0/24', nexthop: '10.9.0.1' },
  ]);
  expect(out.elsewhere('192.168.0.4', 'one')).toEqual(['172.16.0.0/12', '192.0.2.0/24']);
  expect(out.elsewhere('fd00::4', 'one')).toEqual([]);
});

it('several default routes are several ways', () => {
  expect(ways([everything, { ip_prefix: '0.0.0.0/0', nexthop: '10.2.0.1' }]).ports('192.168.0.4')).toEqual([
    'one',
    'two',
  ]);
});

it('a route by source goes before, of several the longest', () => {
  const bySource = { policy: 'src-ip' as const };
  const out = ways([
    everything,
    { ...bySource, ip_prefix: '192.168.0.0/24', nexthop: '10.2.0.1' },
    { ...bySource, ip_prefix: '192.168.0.9/32', nexthop: '10.1.0.1' },
  ]);
  expect(['192.168.0.4', '192.168.0.9', '192.168.1.4'].map((ip) => out.ports(ip))).toEqual([
    ['two'],
    ['one'],
    ['one'],
  ]);
});

it('a policy goes before all routes', () => {
  const out = ways(
    [everything],
    [
      { priority: 2, match: 'ip4.src == 192.168.0.4', action: 'drop' },
      { priority: 1, match: 'ip4.src == 192.168.0.0/24', action: 'reroute', nexthops: new Set(['10.2.0.1']) },
    ],
  );
  expect(['192.168.0.4', '192.168.0.5', '192.168.1.4'].map((ip) => out.ports(ip))).toEqual([
    [],
    ['two'],
    ['one'],
  ]);
  expect(['192.168.0.4', '192.168.1.4'].map((ip) => out.leaving(ip).taken?.row.action)).toEqual([
    'drop',
    undefined,
  ]);
});

it('a policy for a part of the traffic is told to whom it concerns', () => {
  const match = 'ip4.src == 192.168.0.4 && ip4.dst == 172.16.0.0/16';
  const out = ways(
    [everything],
    [{ priority: 1, match, action: 'reroute', nexthops: new Set(['10.2.0.1']) }],
  );
  expect(out.ports('192.168.0.4')).toEqual(['one']);
  expect(['192.168.0.4', '192.168.0.5'].map((ip) => out.leaving(ip).partly.map((row) => row.match))).toEqual([
    [match],
    [],
  ]);
});

it('a policy that names a port group is none, as no router has a port of one', () => {
  const policy = { action: 'reroute' as const, priority: 9, nexthops: new Set(['10.2.0.1']) };
  expect(ways([everything], [{ ...policy, match: 'ip4' }]).ports('192.168.0.4')).toEqual(['two']);
  const named = ways([everything], [{ ...policy, match: 'ip4 || inport == @pg' }], ['pg']);
  expect(named.ports('192.168.0.4')).toEqual(['one']);
});

it('a policy whose next hop is on no network of the router has no effect', () => {
  const reroute = { priority: 1, match: 'ip4', action: 'reroute' as const };
  const hops = [['172.31.0.1'], ['10.2.0.1', '172.31.0.1'], ['10.2.0.1']];
  const found = hops.map((nexthops) =>
    ways([everything], [{ ...reroute, nexthops: new Set(nexthops) }]).ports('192.168.0.4'),
  );
  expect(found).toEqual([['one'], ['one'], ['two']]);
});

it('a policy about what comes in decides about that alone', () => {
  const out = ways([everything], [{ priority: 1, match: 'ip4.dst == 192.168.0.4', action: 'drop' }]);
  const [leaving, arriving, other] = [
    out.leaving('192.168.0.4'),
    out.arriving('192.168.0.4', 'one'),
    out.arriving('192.168.0.5', 'one'),
  ];
  // Of what the workload sends, it may be what goes to itself.
  expect([leaving.taken, leaving.partly.length]).toEqual([undefined, 1]);
  expect([arriving.taken?.row.action, other.taken]).toEqual(['drop', undefined]);
});

it('what is let through before everything is dropped keeps the drop from being sure', () => {
  const drop = { priority: 1, match: 'ip4.src == 192.168.0.4', action: 'drop' as const };
  const allow = { priority: 2, match: 'ip4.dst == 10.9.0.0/16', action: 'allow' as const };
  const { taken, partly } = ways([everything], [drop, allow]).leaving('192.168.0.4');
  expect([taken, partly.map(({ match }) => match)]).toEqual([undefined, [drop.match]]);
});
