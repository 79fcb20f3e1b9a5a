import type { Resource } from '@berth/api';
import { originKey } from '@berth/api';
import type { Uuid } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { compile, compiledTables } from '../compile/compile.ts';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { carryOut, damaged, desiredRows, type Nb, planNb, programmed } from '../testing/program.ts';
import { eip, fip, gatewayNode, gatewayPolicy, ip, node, vlan } from '../testing/resources.ts';
import { fabricWith, settle } from '../testing/settle.ts';
import type { Plan } from './change.ts';
import { Planner } from './planner.ts';

/** The field story with two centralized floating IPs beside the distributed one. */
const story = (...others: readonly Resource[]): readonly Resource[] =>
  fieldStoryWith(
    ...['c1', 'c2'].flatMap((name, index) => [
      eip(name, { externalSubnet: 'external0', v4Ip: `10.9.101.2${index}` }),
      fip(name, { ovnEip: name, vpc: 'vpc1', v4Ip: `192.168.0.2${index}`, type: 'centralized' }),
    ]),
    ...others,
  );

const nb = programmed(story(), fieldFabric);
const change = (resources: readonly Resource[], fabric: Fabric = fieldFabric, observed = nb): Plan =>
  planNb(desiredRows(resources, fabric), observed);

/** `ovn-fip web 10.9.101.9: effect` for every flow that a plan interrupts, each once. */
function interrupted({ changes }: Plan): readonly string[] {
  const flows = changes.flatMap(({ interrupts }) => interrupts?.flows ?? []);
  return [
    ...new Set(
      flows.map(({ object, externalIp, effect }) =>
        [object.kind, object.name, externalIp].filter(Boolean).join(' ').concat(`: ${effect}`),
      ),
    ),
  ].sort();
}

const bridge = 'external0:br-external0';
const serving = (gateway: string): Fabric =>
  fabricWith(
    { 'vnode-103-176': bridge, 'vnode-103-177': bridge, 'vnode-117-46': bridge },
    { 'web.default': 'vnode-103-176', 'cr-vpc1-external0': gateway },
  );

describe('what a plan interrupts', () => {
  it('is nothing when it makes everything new', () => {
    expect(planNb(desiredRows(story(), fieldFabric), programmed([])).summary.interrupting).toBe(0);
  });

  it('is nothing when only notes change', () => {
    const noted = damaged(nb, (_, row) => ({
      ...row,
      external_ids: new Map([['berth.dev/owner', 'default']]),
    }));
    const made = change(story(), fieldFabric, noted);
    expect(made.changes.length).toBeGreaterThan(10);
    expect(new Set(made.changes.flatMap(({ columns }) => Object.keys(columns)))).toEqual(
      new Set(['external_ids']),
    );
    expect(made.changes.every(({ interrupts }) => interrupts === null)).toBe(true);
    expect(noted.table('NAT').size && [...noted.table('NAT')][0]?.external_ids.has(originKey)).toBe(false);
  });

  it('is that floating IP alone when its placement changes', () => {
    const made = change(story(fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'centralized' })));
    expect(made.summary).toMatchObject({ update: 1, interrupting: 1 });
    expect(interrupted(made)).toEqual([
      'OvnFip web 10.9.101.9: answers from another place: new connections wait for the announcement, about 1 s',
    ]);
  });

  it('is that floating IP alone when it is re-pointed', () => {
    const made = change(
      story(fip('c1', { ovnEip: 'c1', vpc: 'vpc1', v4Ip: '192.168.0.99', type: 'centralized' })),
    );
    expect(interrupted(made)).toEqual(['OvnFip c1 10.9.101.20: re-pointed: established connections end']);
  });

  it('is that floating IP alone when it is deleted', () => {
    const made = change(story().filter(({ kind, metadata }) => kind !== 'OvnFip' || metadata.name !== 'web'));
    expect(made.summary).toMatchObject({ delete: 1, interrupting: 1 });
    expect(interrupted(made)).toEqual(['OvnFip web 10.9.101.9: the address stops answering']);
  });

  it('is every centralized floating IP when the active gateway changes, and no distributed one', () => {
    const moved = change(story(), serving('vnode-103-177'));
    expect(moved.changes.map(({ table }) => table)).toEqual(['Gateway_Chassis', 'Gateway_Chassis']);
    const from = 'the gateway moves from chassis-vnode-117-46 to chassis-vnode-103-177: about 1 s';
    expect(interrupted(moved)).toEqual([`OvnFip c1 10.9.101.20: ${from}`, `OvnFip c2 10.9.101.21: ${from}`]);
  });

  it('is nothing where the order follows the gateway that serves already, as when the first one is down', () => {
    const fabric = serving('vnode-103-177');
    const planned = (claims: Fabric['claims']): Plan =>
      new Planner({ db: 'NB', tables: compiledTables, instance: 'default' }).plan(
        { ...settle(story(), fabric).intent, claims },
        nb,
      );
    const made = planned(fabric.claims);
    expect(made.changes.map(({ table }) => table)).toEqual(['Gateway_Chassis', 'Gateway_Chassis']);
    expect(interrupted(made)).toEqual([]);
    // Another one serves: it is that which is moved from, whoever is first in line.
    const from = interrupted(planned(serving('vnode-103-176').claims));
    expect(from[0]).toContain('moves from vnode-103-176 to vnode-103-177');
    expect(from).toHaveLength(2);
  });

  it('is told at the members that move the gateway, not at standbys nor at the keeper', () => {
    const gateways = (...names: readonly string[]): readonly Resource[] =>
      story(node('vnode-103-177'), node('vnode-117-46'), ...names.map((name) => gatewayNode(name)));
    const all = ['g1', 'g2', 'g3', 'g4'];
    const wide = fabricWith(Object.fromEntries(['vnode-103-176', ...all].map((name) => [name, bridge])));
    const moving = (before: readonly string[], after: readonly string[]): readonly string[] =>
      change(gateways(...after), wide, programmed(gateways(...before), wide))
        .changes.filter(({ interrupts }) => interrupts !== null)
        .map(({ verb, key }) => `${verb} ${key.at(-1)}`);
    expect(moving(['g1', 'g2', 'g3'], ['g2', 'g3'])).toEqual(['delete vpc1-external0-chassis-g1']);
    expect(moving(['g1', 'g2', 'g3'], ['g1'])).toEqual([]);
    expect(moving(['g1', 'g2'], [])).toEqual(['delete vpc1-external0-chassis-g1']);
    expect(moving(['g1'], ['g4'])).toEqual([
      'insert vpc1-external0-chassis-g4',
      'delete vpc1-external0-chassis-g1',
    ]);
    const lowered = damaged(programmed(gateways('g1', 'g2'), wide), (table, row) =>
      table === 'Gateway_Chassis' && row['chassis_name'] === 'berth-keeper' ? { ...row, priority: 5 } : row,
    );
    const made = change(gateways('g1', 'g2'), wide, lowered);
    expect(made.summary).toMatchObject({ update: 1, interrupting: 0 });
  });

  it('is every centralized floating IP when the last gateway goes', () => {
    const made = change(story(node('vnode-103-177'), node('vnode-117-46')));
    expect(interrupted(made)).toEqual([
      'OvnFip c1 10.9.101.20: the last gateway chassis-vnode-117-46 goes',
      'OvnFip c2 10.9.101.21: the last gateway chassis-vnode-117-46 goes',
    ]);
  });

  it('is nothing when standbys come, go or change places', () => {
    const five = ['g3', 'g4', 'g5'].map((name) => gatewayNode(name));
    const wide: Fabric = fabricWith(
      Object.fromEntries(
        ['vnode-103-176', 'vnode-103-177', 'vnode-117-46', 'g3', 'g4', 'g5'].map((name) => [name, bridge]),
      ),
      { 'web.default': 'vnode-103-176', 'cr-vpc1-external0': 'vnode-117-46' },
    );
    const grown = change(story(...five), wide);
    expect(grown.summary.insert).toBe(3);
    expect(interrupted(grown)).toEqual([]);
    const shrunk = change(story(), fieldFabric, programmed(story(...five), wide));
    expect(shrunk.summary.delete).toBe(3);
    expect(interrupted(shrunk)).toEqual([]);
    const reordered = damaged(nb, (table, row) =>
      table === 'Gateway_Chassis' && row['priority'] === 99 ? { ...row, priority: 50 } : row,
    );
    const made = change(story(), fieldFabric, reordered);
    expect(made.summary).toMatchObject({ update: 1, interrupting: 0 });
  });

  it('is nothing when a first gateway comes', () => {
    const none = story(node('vnode-103-177'), node('vnode-117-46'));
    const made = change(story(), fieldFabric, programmed(none, fieldFabric));
    expect(made.summary).toMatchObject({ insert: 2, interrupting: 0 });
  });

  it('is the whole subnet when its VLAN changes', () => {
    const made = change(story(vlan('external0', { id: 7 })));
    expect(interrupted(made)).toEqual(['Subnet external0: leaves its VLAN for another']);
  });

  it('is a workload whose address changes', () => {
    const db = (v4IpAddress: string) =>
      ip('db', { subnet: 'vpc1-subnet1', v4IpAddress, macAddress: '0a:00:00:00:00:01' });
    const before = programmed(story(db('192.168.0.50')), fieldFabric);
    expect(interrupted(change(story(db('192.168.0.51')), fieldFabric, before))).toEqual([
      'IP db: the address changes: connections end',
    ]);
  });

  it('is everything when everything goes, each by its own object', () => {
    const made = planNb([], programmed(fieldStory, fieldFabric));
    expect(interrupted(made)).toEqual([
      'IP web.default: the port stops',
      'OvnFip web 10.9.101.9: the address stops answering',
      'Subnet external0: the port stops',
      'Subnet external0: the whole subnet stops',
      'Subnet vpc1-subnet1: the port stops',
      'Subnet vpc1-subnet1: the router leaves the subnet',
      'Subnet vpc1-subnet1: the whole subnet stops',
      'Vpc vpc1: 0.0.0.0/0 via 10.9.101.1: destinations behind the route become unreachable',
      'Vpc vpc1: the port stops',
      'Vpc vpc1: the router leaves the subnet',
      'Vpc vpc1: the whole VPC stops',
    ]);
  });
});

describe('what a change of a policy interrupts', () => {
  const policy = (spec: Parameters<typeof gatewayPolicy>[1]) => gatewayPolicy('p', spec);

  it('is the floating IPs whose placement it changes, with the field of the policy', () => {
    const made = change(story(policy({ placement: 'Centralized' })));
    expect(interrupted(made)).toEqual([
      'OvnFip web 10.9.101.9: answers from another place: new connections wait for the announcement, about 1 s',
    ]);
    expect(made.changes.flatMap(({ origins }) => origins)).toEqual([
      { object: { kind: 'GatewayPolicy', name: 'p' }, field: 'spec.placement' },
    ]);
    expect(change(story(policy({ placement: 'Distributed' }))).changes).toEqual([]);
  });

  it('is what passes the gateway that it takes out of the group, which stays a member meanwhile', () => {
    const nodeSelector = {
      matchExpressions: [
        { key: 'kubernetes.io/hostname', operator: 'In' as const, values: ['vnode-103-177'] },
      ],
    };
    const labels = { 'kubernetes.io/hostname': 'vnode-103-177' };
    const now = { ...fieldFabric, gateways: membersOf(nb) };
    const made = change(
      story(gatewayNode('vnode-103-177', { labels }), policy({ gateways: { nodeSelector } })),
      now,
    );
    const from = 'the gateway moves from chassis-vnode-117-46 to chassis-vnode-103-177: about 1 s';
    expect(interrupted(made)).toEqual([`OvnFip c1 10.9.101.20: ${from}`, `OvnFip c2 10.9.101.21: ${from}`]);
    expect(made.summary).toMatchObject({ insert: 0, delete: 0 });
  });
});

/** The members that NB has of the port of vpc1, as the fabric tells them. */
function membersOf(observed: typeof nb): Fabric['gateways'] {
  const members = [...observed.table('Gateway_Chassis')]
    .map(({ chassis_name: chassis, priority }) => ({ chassis, priority }))
    .sort((left, right) => right.priority - left.priority);
  return new Map([['vpc1-external0', members]]);
}

describe('an HA_Chassis_Group that somebody set on a router port', () => {
  const uuid = (digit: string): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
  const [group, one, two] = [uuid('a'), uuid('b'), uuid('c')];
  const ruledBy = (first: string) =>
    damaged(
      nb,
      (table, row) =>
        table === 'Logical_Router_Port' && row['name'] === 'vpc1-external0'
          ? { ...row, ha_chassis_group: group }
          : row,
      {
        HA_Chassis_Group: [{ _uuid: group, name: 'by-hand', ha_chassis: new Set([one, two]) }],
        HA_Chassis: [
          { _uuid: one, chassis_name: `chassis-${first}`, priority: 20 },
          { _uuid: two, chassis_name: 'chassis-vnode-103-176', priority: 10 },
        ],
      },
    );
  const planOf = (observed: Nb) => {
    const { intent } = settle(story(), fieldFabric);
    return new Planner({ db: 'NB', tables: compiledTables, instance: 'default' }).plan(intent, observed);
  };

  it('is taken off, and the move that follows is told from node to node for every address', () => {
    const made = planOf(ruledBy('vnode-103-177'));
    expect(made.changes.map(({ columns }) => Object.keys(columns))).toEqual([['ha_chassis_group']]);
    expect(interrupted(made)).toEqual(
      ['c1 10.9.101.20', 'c2 10.9.101.21'].map(
        (name) => `OvnFip ${name}: the gateway moves from vnode-103-177 to vnode-117-46: about 1 s`,
      ),
    );
  });

  it('interrupts nobody where the same gateway stays', () => {
    expect(interrupted(planOf(ruledBy('vnode-117-46')))).toEqual([]);
  });
});

it("the end of a witness' port interrupts nobody", () => {
  const witnessed = carryOut(
    planNb(
      [
        ...desiredRows(story(), fieldFabric),
        ...compile({ ...settle(story(), fieldFabric).intent, externals: withWitness() }).filter(
          ({ key }) => key[0] === 'bw-000000000001',
        ),
      ],
      nb,
    ),
    nb,
  );
  const made = change(story(), fieldFabric, witnessed);
  expect(made.changes.map(({ verb, key }) => [verb, key[0]])).toEqual([['delete', 'bw-000000000001']]);
  expect(interrupted(made)).toEqual([]);
});

function withWitness() {
  const witness = { port: 'bw-000000000001', node: 'vnode-103-176', chassis: 'chassis-vnode-103-176' };
  return settle(story(), fieldFabric).intent.externals.map((each) => ({ ...each, witnesses: [witness] }));
}
