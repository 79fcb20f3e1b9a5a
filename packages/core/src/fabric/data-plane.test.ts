import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { emptySnapshot, snapshotOf } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { type OvnWorld, ovnWorld, type WorldGatewayPort } from '../testing/ovn-world.ts';
import type { DataPlane, NodeHealth } from './fabric.ts';
import { fabricOf } from './read.ts';

const gateway: WorldGatewayPort = {
  external: 'ext',
  members: [
    ['a', 1],
    ['b', 1],
    ['keeper', 0],
  ],
};
const base: OvnWorld = {
  nodes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
  externals: [{ name: 'ext', network: 'physical', vlan: 7 }],
  routers: [
    {
      name: 'vpc1',
      gatewayPorts: [gateway],
      subnets: [
        {
          name: 's1',
          pods: [
            { name: 'web', node: 'c' },
            { name: 'db', node: 'a' },
          ],
        },
      ],
    },
    { name: 'vpc2', gatewayPorts: [gateway], subnets: [{ name: 's2', pods: [{ name: 'app' }] }] },
    { name: 'inner', subnets: [{ name: 's3', pods: [{ name: 'far', node: 'b' }] }] },
  ],
};

function planeOf(world: Partial<OvnWorld> = {}, reports: readonly NodeHealth[] = []): DataPlane {
  const { nb, sb } = ovnWorld({ ...base, ...world });
  const plane = fabricOf(nb, sb, reports).dataPlane;
  if (plane === undefined) throw new Error('no data plane');
  return plane;
}

describe('the groups', () => {
  it('are as SB has them, in the order of election', () => {
    const group = planeOf().groups.get('vpc1-ext');
    expect(group?.row).toBeDefined();
    expect(group?.members).toEqual([
      { chassis: 'b', priority: 1, present: true },
      { chassis: 'a', priority: 1, present: true },
      { chassis: 'keeper', priority: 0, present: false },
    ]);
    expect([...(group?.witnesses ?? [])]).toEqual(['c']);
  });

  it('watch the ports of all routers that share a switch, and no others', () => {
    const { groups } = planeOf();
    expect([...(groups.get('vpc1-ext')?.watchedPorts ?? [])].sort()).toEqual(['app', 'db', 'web']);
    expect(groups.get('vpc2-ext')?.watchedPorts).toBe(groups.get('vpc1-ext')?.watchedPorts);
  });

  it.each(['Gateway_Chassis', 'HA_Chassis_Group'])('are taken from NB while SB has none: %s', (kind) => {
    const group = kind === 'HA_Chassis_Group' ? { group: 'g' } : {};
    const [first] = base.routers;
    const { nb, sb } = ovnWorld({
      ...base,
      routers: first ? [{ ...first, gatewayPorts: [{ ...gateway, ...group }] }] : [],
    });
    const early = snapshotOf<SbTables>(sbSchema, {
      Chassis: [...sb.table('Chassis')],
      Port_Binding: [...sb.table('Port_Binding')].filter(
        ({ logical_port }) => !logical_port.startsWith('cr-'),
      ),
    });
    const plane = fabricOf(nb, early).dataPlane;
    expect(plane?.groups.get('vpc1-ext')).toMatchObject({
      row: undefined,
      members: [{ chassis: 'b' }, { chassis: 'a' }, { chassis: 'keeper', present: false }],
      witnesses: new Set(['c']),
    });
    expect(plane?.assumptions).toContain(
      'SB does not have the gateway of router port vpc1-ext yet: its group is taken from NB',
    );
  });

  it('of a router that is pinned to a chassis have it alone', () => {
    const nb = snapshotOf<NbTables>(nbSchema, {
      Logical_Router_Port: [{ name: 'p' }],
    });
    const [port] = nb.table('Logical_Router_Port');
    const pinned = snapshotOf<NbTables>(nbSchema, {
      Logical_Router_Port: [...nb.table('Logical_Router_Port')],
      Logical_Router: [
        { name: 'gr', options: new Map([['chassis', 'a']]), ports: new Set(port ? [port._uuid] : []) },
      ],
    });
    const sb = snapshotOf<SbTables>(sbSchema, { Chassis: [{ name: 'a' }] });
    expect(fabricOf(pinned, sb).dataPlane?.groups.get('p')?.members).toEqual([
      { chassis: 'a', priority: 0, present: true },
    ]);
  });
});

describe('the rest of the data plane', () => {
  it('has ports, networks, BFD and the release', () => {
    const plane = planeOf({ nbOptions: { 'bfd-min-rx': '300', 'bfd-mult': 'many' }, release: '24.09.2' });
    expect(plane.bindings.get('web')).toMatchObject({ chassis: 'c', type: '' });
    expect(plane.bindings.get('app')?.chassis).toBeUndefined();
    expect([...plane.externals.values()]).toMatchObject([
      { network: 'physical', switchName: 'ext', vlanId: 7, routerPorts: ['vpc1-ext', 'vpc2-ext'] },
    ]);
    expect(plane.tunnelBfd).toEqual({ minRxMs: 300, minTxMs: 100, multiplier: 3 });
    expect(plane.release).toEqual({ year: 24, month: 9 });
  });

  it('takes as alive whoever does not report, and says so', () => {
    expect(planeOf().assumptions).toEqual([
      'no chassis reports on itself: all in SB are taken as alive, with tunnels and external NICs up, and as having let go of what another gateway serves (two-answerers); ovn-nbctl -t 5 --wait=hv sync asks them, and who does not follow is named then',
    ]);
    expect(planeOf({}, [{ node: 'b' }, { node: 'a' }])).toMatchObject({
      reports: [{ node: 'a' }, { node: 'b' }],
      assumptions: ['nobody reports on c: taken as alive, with tunnels and external NICs up'],
    });
    expect(planeOf({}, [{ node: 'b' }, { node: 'c' }]).assumptions).toEqual([
      'nobody reports on a: taken as alive, with tunnels and external NICs up, and as having let go of what another gateway serves (two-answerers)',
    ]);
    expect(
      planeOf(
        {},
        ['a', 'b', 'c'].map((node) => ({ node })),
      ).assumptions,
    ).toEqual([]);
  });

  it('knows the tunnels and the datapath of a chassis', () => {
    const { nb, sb } = ovnWorld({ ...base, nodes: [{ name: 'a', encapsulation: 'vxlan' }] });
    expect(fabricOf(nb, sb).chassis.get('a')?.details).toMatchObject({
      encapsulations: [{ type: 'vxlan' }],
      isRemote: false,
    });
  });
});

describe('databases that lack something', () => {
  it('give what they have', () => {
    const nb = emptySnapshot<NbTables>(nbSchema, ['Logical_Router_Port', 'Logical_Router']);
    const sb = emptySnapshot<SbTables>(sbSchema, ['Chassis', 'Port_Binding', 'HA_Chassis_Group']);
    expect(fabricOf(nb, sb).dataPlane).toMatchObject({
      release: undefined,
      assumptions: ['neither database says which release OVN has: 23.03 is taken'],
    });
  });

  it('have no data plane where groups are not read', () => {
    const { nb } = ovnWorld(base);
    const sb = emptySnapshot<SbTables>(sbSchema, ['Chassis', 'Port_Binding']);
    expect(fabricOf(nb, sb).dataPlane).toBeUndefined();
  });
});
