import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Change } from './change.ts';
import { decidesOnRole, leftRoles } from './left-roles.ts';

const id = (digit: number): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
const [port, keeper, first, second, group, ruled] = [1, 2, 3, 4, 5, 6].map(id) as [
  Uuid,
  Uuid,
  Uuid,
  Uuid,
  Uuid,
  Uuid,
];

/** A router port with the gateways G, then S, and the keeper; with `isRuled` it goes by a group of R instead. */
function nbWith(isRuled = false) {
  return snapshotOf<NbTables>(nbSchema, {
    Logical_Router_Port: [
      {
        ...{ _uuid: port as never, name: 'vpc1-out' },
        gateway_chassis: new Set([keeper, first, second]) as never,
        ...(isRuled && { ha_chassis_group: group }),
      },
    ],
    Gateway_Chassis: [
      { _uuid: keeper as never, name: 'k', chassis_name: 'berth-keeper', priority: 0 },
      { _uuid: first as never, name: 'g', chassis_name: 'G', priority: 100 },
      { _uuid: second as never, name: 's', chassis_name: 'S', priority: 99 },
    ],
    HA_Chassis_Group: [{ _uuid: group as never, name: 'ha', ha_chassis: new Set([ruled]) as never }],
    HA_Chassis: [{ _uuid: ruled as never, chassis_name: 'R', priority: 7 }],
  });
}

function change(verb: Change['verb'], uuid: Uuid, columns: Change['columns'] = {}): Change {
  const rest = { key: ['a'], unit: 'vpc/vpc1', cause: undefined, origins: [], interrupts: null };
  return { db: 'NB', verb, table: 'Gateway_Chassis', uuid, columns, ...rest };
}

const priority = (uuid: Uuid, value: number): Change =>
  change('update', uuid, { priority: { old: 0, new: value } });
const joins = (value: number): Change => ({
  ...change('insert', id(7), {
    chassis_name: { old: undefined, new: 'T' },
    priority: { old: undefined, new: value },
  }),
  parent: { table: 'Logical_Router_Port', uuid: port, column: 'gateway_chassis' },
});
const unruled: Change = {
  ...change('update', port, { ha_chassis_group: { old: group, new: undefined } }),
  table: 'Logical_Router_Port',
};

test.each<[string, readonly Change[], string | undefined, boolean]>([
  ['its row goes', [change('delete', first)], 'G', true],
  ['the order changes', [priority(first, 98)], 'G', true],
  ['another one comes before it', [joins(101)], 'G', true],
  ['a standby comes after it', [joins(98)], 'G', false],
  ['a standby goes', [change('delete', second)], 'G', false],
  ['all priorities change and no order', [priority(first, 90), priority(second, 80)], 'G', false],
  ['the one before it, which is down, goes', [change('delete', first)], 'S', false],
  ['a standby comes, and the first is down', [joins(98)], 'S', false],
  ['nobody has it', [change('delete', first)], undefined, false],
  ['only marks change', [change('adopt', first, { external_ids: { old: '', new: '' } })], 'G', false],
  ['it was no member before', [priority(second, 98)], 'T', true],
])('the role leaves who claims it: %s', (_, changes, claim, isLeft) => {
  const claims = new Map(claim === undefined ? [] : [['cr-vpc1-out', claim]]);
  expect([...leftRoles(changes, nbWith(), claims)]).toEqual(isLeft ? ['vpc1-out'] : []);
  expect(changes.every(decidesOnRole)).toBe(!_.startsWith('only marks'));
});

test('a group that is named decides for as long as it is named', () => {
  const claims = new Map([['cr-vpc1-out', 'R']]);
  expect([...leftRoles([change('delete', first)], nbWith(true), claims)]).toEqual([]);
  expect([...leftRoles([unruled], nbWith(true), claims)]).toEqual(['vpc1-out']);
  expect(decidesOnRole(unruled)).toBe(true);
});
