import type { Resource } from '@berth/api';
import { isSet, type Snapshot } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { carryOut, damaged, desiredRows, planNb, programmed } from '../testing/program.ts';
import { dnat, eip, snat } from '../testing/resources.ts';
import { fabricWith } from '../testing/settle.ts';
import type { Plan } from './change.ts';
import { operations } from './operations.ts';

const toPod = { ovnEip: 'front', vpc: 'vpc1', v4Ip: '192.168.0.50' };
const base = fieldStoryWith(
  eip('front', { externalSubnet: 'external0', v4Ip: '10.9.101.30' }),
  eip('out', { externalSubnet: 'external0', v4Ip: '10.9.101.20' }),
);
const rules = [
  dnat('http', toPod),
  dnat('dns', { ...toPod, protocol: 'udp', externalPort: '53' }),
  snat('out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
];
const nb = programmed([...base, ...rules], fieldFabric);
const change = (...objects: readonly Resource[]): Plan =>
  planNb(desiredRows([...base, ...objects], fieldFabric), nb);
const without = (name: string, ...others: readonly Resource[]): readonly Resource[] => [
  ...rules.filter(({ metadata }) => metadata.name !== name),
  ...others,
];

/** `OvnDnatRule http 10.9.101.30: effect` for every flow that a plan interrupts. */
function interrupted({ changes }: Plan): readonly string[] {
  return changes
    .flatMap(({ interrupts }) => interrupts?.flows ?? [])
    .map(({ object, externalIp, effect }) => `${object.kind} ${object.name} ${externalIp}: ${effect}`)
    .sort();
}

/** Names in a router's set of load-balancers. */
function balancers(observed: typeof nb): readonly string[] {
  const whole: Snapshot = observed;
  const [router] = [...whole.table('Logical_Router')];
  const held = router?.['load_balancer'];
  const names = new Map(
    [...whole.table('Load_Balancer')].map((row) => [String(row._uuid), String(row['name'])]),
  );
  return isSet(held) ? [...held].map((uuid) => names.get(String(uuid)) ?? 'gone').sort() : [];
}

describe('a forwarded port', () => {
  it('leaves the set of its router and is deleted, as the table is a root', () => {
    const made = change(...without('http'));
    expect(operations(made.changes).map(({ op }) => op)).toEqual(['mutate', 'delete']);
    const after = carryOut(made, nb);
    expect(after.table('Load_Balancer').size).toBe(1);
    expect(balancers(after)).toEqual(['dns']);
    expect(interrupted(made)).toEqual(['OvnDnatRule http 10.9.101.30: 10.9.101.30:80 stops answering']);
  });

  it('that leads elsewhere is the same row with another backend', () => {
    const made = change(...without('http', dnat('http', { ...toPod, v4Ip: '192.168.0.51' })));
    expect(made.summary).toMatchObject({ insert: 0, update: 1, delete: 0 });
    expect(interrupted(made)).toEqual([
      'OvnDnatRule http 10.9.101.30: 10.9.101.30:80 re-pointed: established connections may end',
    ]);
  });

  it('of another protocol interrupts the port', () => {
    const made = change(...without('http', dnat('http', { ...toPod, protocol: 'udp' })));
    expect(interrupted(made)).toEqual([
      'OvnDnatRule http undefined: the protocol changes: the port stops answering',
    ]);
  });

  it('goes back into the set it was taken out of, beside what others have there', () => {
    const foreign = '00000000-0000-4000-8000-000000000001';
    const taken = damaged(
      nb,
      (table, row) => (table === 'Logical_Router' ? { ...row, load_balancer: new Set([foreign]) } : row),
      { Load_Balancer: [{ _uuid: foreign, name: 'foreign' }] },
    );
    const made = planNb(desiredRows([...base, ...rules], fieldFabric), taken);
    expect(made.summary).toMatchObject({ insert: 0, update: 2, delete: 0, interrupting: 0 });
    expect(balancers(carryOut(made, taken))).toEqual(['dns', 'foreign', 'http']);
  });

  it('under a name that somebody else has is a clash, and the rest is programmed', () => {
    const stranger = { Load_Balancer: [{ _uuid: '00000000-0000-4000-8000-000000000002', name: 'http' }] };
    const made = planNb(
      desiredRows([...base, ...rules], fieldFabric),
      damaged(programmed([...base], fieldFabric), (_, row) => row, stranger),
    );
    expect(made.findings).toMatchObject([
      { code: 'row-clash', object: { kind: 'OvnDnatRule', name: 'http' } },
    ]);
    expect(made.changes.map(({ table, key }) => `${table} ${key.at(-1)}`)).toEqual([
      'Load_Balancer dns',
      'NAT 192.168.0.0/24',
    ]);
  });
});

describe('a source address', () => {
  it('that goes ends the connections of its network, and of no other', () => {
    expect(interrupted(change(...without('out')))).toEqual([
      'OvnSnatRule out 10.9.101.20: connections of 192.168.0.0/24 to the outside end',
    ]);
    const other = snat('more', { ovnEip: 'front', vpc: 'vpc1', v4IpCidr: '10.1.0.0/16' });
    expect(interrupted(change(...rules, other))).toEqual([]);
  });

  it('moves with the gateway, as forwarded ports do', () => {
    const bridge = 'external0:br-external0';
    const moved = fabricWith(
      { 'vnode-103-176': bridge, 'vnode-103-177': bridge, 'vnode-117-46': bridge },
      { 'web.default': 'vnode-103-176', 'cr-vpc1-external0': 'vnode-103-177' },
    );
    const made = planNb(desiredRows([...base, ...rules], moved), nb);
    const from =
      'the gateway moves from chassis-vnode-117-46 to chassis-vnode-103-177: about 1 s, and established connections may end';
    expect([...new Set(interrupted(made))]).toEqual([
      `OvnDnatRule dns 10.9.101.30: ${from}`,
      `OvnDnatRule http 10.9.101.30: ${from}`,
      `OvnSnatRule out 10.9.101.20: ${from}`,
    ]);
  });
});
