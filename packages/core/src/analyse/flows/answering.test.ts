import { changeSnapshot } from '@berth/ovsdb/value';
import { expect, it } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { rowsOf } from '../../fabric/tables.ts';
import {
  type OvnSnapshots,
  ovnWorld,
  type WorldNat,
  type WorldPod,
  type WorldRouter,
} from '../../testing/ovn-world.ts';
import { uuidOf } from '../../testing/ovn-world-names.ts';
import { analyse } from '../analyse.ts';
import { flowsOf } from './flows-of.ts';
import { hairpinFlow } from './hairpin.ts';

const central: WorldNat = { type: 'dnat_and_snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.4' };
const local: WorldNat = { ...central, logicalPort: 'web', externalMac: '02:00:00:00:01:09' };
const snat: WorldNat = { type: 'snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.5/32' };
const other: WorldNat = {
  ...local,
  externalIp: '10.100.0.8',
  logicalIp: '192.168.0.5',
  logicalPort: 'api',
};
const pods: readonly WorldPod[] = [
  { name: 'web', node: 'here', ips: ['192.168.0.4'] },
  { name: 'api', node: 'there', ips: ['192.168.0.5'] },
];

function router(nat: readonly WorldNat[], more: Partial<WorldRouter> = {}): WorldRouter {
  return {
    name: 'vpc1',
    gatewayPorts: [{ external: 'ext', members: [['gw', 2]], networks: ['10.100.0.2/16'] }],
    subnets: [{ name: 's1', pods }],
    nat,
    ...more,
  };
}

type Change = (world: OvnSnapshots) => OvnSnapshots;

function worldOf(routers: readonly WorldRouter[]): OvnSnapshots {
  const nodes = ['gw', 'here', 'there'].map((name) => ({ name }));
  return ovnWorld({ nodes, externals: [{ name: 'ext', subnets: ['10.100.0.0/16'] }], routers });
}

/** What comes of each way, and why where it is not delivered. */
function fates(routers: readonly WorldRouter[], change: Change = (world) => world): readonly string[] {
  const { nb, sb } = change(worldOf(routers));
  const fabric = fabricOf(nb, sb);
  return analyse({ fabric, flows: flowsOf(nb, fabric), failures: [] })
    .verdicts.filter(({ flow }) => flow.direction !== 'hairpin')
    .map(({ flow, after, why }) =>
      [flow.router, flow.direction, flow.externalIp, after.outcome, after.reason && why].join(' ').trim(),
    );
}

/** The flows of a row. */
function flowsWith(nat: WorldNat) {
  const { nb, sb } = worldOf([router([nat])]);
  return flowsOf(nb, fabricOf(nb, sb));
}

const bothAnswer = 'the node of port web and the gateway of router port vpc1-ext answer for it';

it('an address that a node and a gateway answer for is found at either', () => {
  const found = fates([router([local, snat])]);
  expect(found).toHaveLength(3);
  for (const each of found) {
    expect(each).toMatch(/10\.100\.0\.9 unknown/);
    expect(each).toContain(`whom neighbours outside find for 10.100.0.9: ${bothAnswer}`);
  }
  for (const nat of [
    [central, snat],
    [local, { ...snat, externalIp: '10.100.0.7' }],
  ])
    expect(fates([router(nat)]).filter((each) => !each.endsWith(' delivered'))).toEqual([]);
});

it('an address of two routers is found at either, also where it is the own one of a router', () => {
  const second = (nat: readonly WorldNat[], ip: string): WorldRouter => ({
    ...router(nat, { name: 'vpc2' }),
    gatewayPorts: [{ external: 'ext', members: [['gw', 2]], networks: [`${ip}/16`] }],
    subnets: [
      {
        name: 's2',
        networks: ['192.168.9.1/24'],
        pods: [{ name: 'db', node: 'there', ips: ['192.168.9.4'] }],
      },
    ],
  });
  const same = { ...central, logicalIp: '192.168.9.4' };
  const told = fates([router([central]), second([same], '10.100.0.3')]);
  expect(told.map((each) => each.split(' ')[3])).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  expect(told[0]).toContain('router port vpc1-ext and the gateway of router port vpc2-ext answer for it');
  expect(fates([router([central]), second([], '10.100.0.9')])[0]).toContain('unknown');
  expect(fates([router([central]), second([], '10.100.0.3')])[0]).toMatch(/ delivered$/);
});

it('a MAC that two nodes have is delivered to either', () => {
  const [first] = fates([router([local, { ...other, externalMac: local.externalMac }])]);
  expect(first).toContain(
    'the node of port web (10.100.0.9) and the node of port api (10.100.0.8) have one MAC, 02:00:00:00:01:09',
  );
  const beside = { ...other, logicalIp: '192.168.0.4', logicalPort: 'web', externalMac: local.externalMac };
  expect(fates([router([local, beside])])[0]).toMatch(/ delivered$/);
  expect(fates([router([local, { ...other, externalMac: '02:00:00:00:01:08' }])])[0]).toMatch(/ delivered$/);
});

it('a load-balancer takes all that comes for the address of a centralized row, and nothing of a distributed one', () => {
  const balancers = (vip: string) => ({ balancers: [{ name: 'lb', vips: { [vip]: '192.168.0.5' } }] });
  const [, inbound, outbound] = fates([router([central], balancers('10.100.0.9'))]);
  expect(inbound).toMatch(/inbound 10\.100\.0\.9 lost load-balancer lb has the address too/);
  expect(outbound).toMatch(/outbound 10\.100\.0\.9 delivered$/);
  const [forwarded, own] = fates([
    router([local], { balancers: [{ name: 'lb', vips: { '10.100.0.9:80': '192.168.0.5:80' } }] }),
  ]);
  expect(forwarded).toMatch(/lost 10\.100\.0\.9 is a distributed floating IP too/);
  expect(own).toMatch(/ delivered$/);
});

/** A row of NB with other columns. */
function altered(
  table: 'Logical_Switch_Port' | 'Logical_Router_Port',
  name: string,
  columns: object,
): Change {
  return ({ nb, sb }) => {
    const row = [...nb.table(table).find({ name })][0];
    if (row === undefined) throw new Error(`there is no ${name}`);
    const changes = [{ uuid: row._uuid, after: { ...row, ...columns } }];
    return { nb: changeSnapshot(nb, [{ table, changes }] as never), sb };
  };
}

it('nobody can tell who comes by a port for an address of the network of another port', () => {
  const gatewayPorts = [
    { name: 'x', external: 'ext', members: [['gw', 2]], networks: ['10.100.0.2/16'] },
    { name: 'y', external: 'ext', members: [['gw', 2]], networks: ['10.200.0.2/16'] },
  ] as const;
  const [stray] = fates([router([{ ...central, gatewayPort: 'y' }], { gatewayPorts })]);
  expect(stray).toContain('whether what is for 10.100.0.9 comes by y, where its row translates');
  for (const nat of [{ ...central, gatewayPort: 'x' }, central])
    expect(fates([router([nat], { gatewayPorts })])[0]).toMatch(/ delivered$/);
});

it('a localnet port without the address unknown lets nothing out', () => {
  const walled = altered('Logical_Switch_Port', 'localnet.ext', { addresses: new Set() });
  for (const each of fates([router([local, { ...snat, externalIp: '10.100.0.7' }])], walled))
    expect(each).toContain('lost localnet port localnet.ext does not have the address "unknown"');
});

it('nobody can tell what a physical network does with packets for a bridged gateway', () => {
  const options = new Map([['redirect-type', 'bridged']]);
  const bridged = altered('Logical_Router_Port', 'vpc1-ext', { options });
  expect(fates([router([central])], bridged)[0]).toContain('(redirect-type=bridged)');
  expect(fates([router([local])], bridged)[0]).toMatch(/ delivered$/);
});

it('an address that is for some peers is for a workload where its own is one of them', () => {
  const own = (isAllowed: boolean, ...addresses: readonly string[]): string | undefined => {
    const [from] = flowsWith(local).filter(({ direction }) => direction === 'outbound');
    const [to] = flowsWith(other).filter(({ direction }) => direction === 'inbound');
    const peers = { set: 'peers', isAllowed, addresses };
    return from && to && hairpinFlow(from, { ...to, peers }).obstacle?.why;
  };
  expect(own(true, '10.100.0.0/16')).toBeUndefined();
  expect(own(false, '10.0.0.1')).toBeUndefined();
  const asked = 'and 192.168.0.4 comes as 10.100.0.9';
  expect(own(true, '10.0.0.1')).toBe(`the NAT row of 10.100.0.8 is for address set peers only, ${asked}`);
  expect(own(false, '10.100.0.9')).toBe(`the NAT row of 10.100.0.8 is not for address set peers, ${asked}`);
});

it('a set of allowed addresses with one of another family makes the row void', () => {
  const restricted =
    (...addresses: readonly string[]): Change =>
    ({ nb, sb }) => {
      const [row] = rowsOf(nb, 'NAT');
      const uuid = uuidOf('Address_Set', 'peers');
      const set = { _uuid: uuid, name: 'peers', addresses: new Set(addresses), external_ids: new Map() };
      const changes = [
        { table: 'Address_Set', changes: [{ uuid, after: set }] },
        { table: 'NAT', changes: [{ uuid: row?._uuid, after: { ...row, allowed_ext_ips: uuid } }] },
      ];
      return { nb: changeSnapshot(nb, changes as never), sb };
    };
  expect(fates([router([central])], restricted('10.0.0.1', 'fd00::1'))[0]).toContain(
    'lost OVN makes no flows for the NAT row: its allowed_ext_ips is address set peers, which has fd00::1',
  );
  expect(fates([router([central])], restricted('10.0.0.1'))[0]).toMatch(/ delivered$/);
});

it('a range of ports is told for what it does to connections from outside', () => {
  const conditionOf = (nat: WorldNat): readonly string[] | undefined => {
    const { nb, sb } = worldOf([router([nat])]);
    const [row] = rowsOf(nb, 'NAT');
    const after = { ...row, external_port_range: '3000-4000' };
    const changed = changeSnapshot(nb, [{ table: 'NAT', changes: [{ uuid: row?._uuid, after }] }] as never);
    return flowsOf(changed, fabricOf(nb, sb))[0]?.conditions;
  };
  expect(conditionOf(snat)).toEqual(['its source ports are 3000-4000']);
  expect(conditionOf(central)).toEqual([
    'its ports are 3000-4000, those that connections from outside arrive at too, whatever port they are for',
  ]);
});
