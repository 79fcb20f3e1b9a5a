import { originKey, ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { emptySnapshot, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programmedOf } from './programmed.ts';

const uuid0 = '00000000-0000-4000-8000-000000000000' as NbTables['NAT']['_uuid'];
const uuids = [1, 2, 3, 4].map((digit) => `${uuid0.slice(0, -1)}${digit}` as NbTables['NAT']['_uuid']);

/** A row of a floating IP. */
function natRow(
  _uuid: NbTables['NAT']['_uuid'],
  external_ip: string,
  external_ids: ReadonlyMap<string, string>,
) {
  return { _uuid, type: 'dnat_and_snat', external_ip, logical_ip: '192.168.0.1', external_ids } as const;
}

const objects = ['a', 'b'].map((name) => ({ kind: 'OvnFip', name }));

/** Rows of NAT as somebody may leave them: whose they are, for which object, and with which address. */
const nat = fc.record({
  owner: fc.constantFrom('default', 'other'),
  origin: fc.constantFrom('ovn-fip/a', 'ovn-fip/b'),
  external_ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
});
const northbound = fc
  .array(fc.option(nat), { minLength: uuids.length, maxLength: uuids.length })
  .map((rows): Snapshot<NbTables> => {
    const NAT = rows.flatMap((row, place) => {
      if (!row) return [];
      const external_ids = new Map<string, string>([
        [ownerKey, row.owner],
        [originKey, row.origin],
      ]);
      const { external_ip } = row;
      return [natRow(uuids[place] ?? uuid0, external_ip, external_ids)];
    });
    return snapshotOf<NbTables>(nbSchema, { NAT, Load_Balancer: [] });
  });

test('what NB has for a rule is read of what changed as of everything', () => {
  fc.assert(
    fc.property(fc.array(northbound), (moments) => {
      const asker = {};
      for (const nb of moments) {
        const followed = programmedOf(nb, 'default', asker);
        const read = programmedOf(nb, 'default');
        // Addresses of one object in whatever order.
        const said = (of: typeof read) =>
          objects.map((each) => [...(of.ruleOf(each)?.external ?? [])].sort());
        expect(said(followed)).toEqual(said(read));
      }
    }),
  );
});

test('an instance is told of its own rows, whoever asked for another before', () => {
  const external_ids = new Map([
    [ownerKey, 'default'],
    [originKey, 'ovn-fip/a'],
  ]);
  const row = natRow(uuid0, '10.0.0.1', external_ids);
  const nb = snapshotOf<NbTables>(nbSchema, { NAT: [row], Load_Balancer: [] });
  const asker = {};
  const [object] = objects;
  if (!object) throw new Error('there is no object');
  expect(programmedOf(nb, 'default', asker).ruleOf(object)?.external).toEqual(['10.0.0.1']);
  expect(programmedOf(nb, 'other', asker).ruleOf(object)).toBeUndefined();
  expect(programmedOf(nb, 'default', asker).ruleOf(object)?.logical).toEqual(['192.168.0.1']);
});

test('what NB has is read whichever of its tables are followed', () => {
  const external_ids = new Map([
    [ownerKey, 'default'],
    [originKey, 'ovn-fip/a'],
  ]);
  const all = snapshotOf<NbTables>(nbSchema, { NAT: [natRow(uuid0, '10.0.0.1', external_ids)] });
  const some = emptySnapshot<NbTables>(nbSchema, ['Load_Balancer']);
  const asker = {};
  const external = (nb: Snapshot<NbTables>) =>
    programmedOf(nb, 'default', asker).ruleOf({ kind: 'OvnFip', name: 'a' })?.external;
  expect([some, all, some, all].map(external)).toEqual([undefined, ['10.0.0.1'], undefined, ['10.0.0.1']]);
});
