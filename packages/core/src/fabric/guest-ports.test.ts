import { ownerKey } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { type RowsByTable, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { damaged } from '../testing/program.ts';
import { guestPortsOf } from './guest-ports.ts';

const uuid = (digit: number): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
const external_ids = fc.constantFrom(new Map(), new Map([[ownerKey, 'default']]));

const northbound = fc.record({
  switches: fc.array(
    fc.record({
      name: fc.constantFrom('s', 't'),
      external_ids,
      ports: fc.subarray([4, 5, 6]).map((all) => new Set(all.map(uuid))),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  ports: fc.array(
    fc.record({ name: fc.constantFrom('p', 'q'), external_ids, type: fc.constantFrom('', 'localnet') }),
    { minLength: 2, maxLength: 3 },
  ),
});

it('are of what changed as of everything', () => {
  fc.assert(
    fc.property(fc.array(northbound, { minLength: 2 }), (moments) => {
      const schema = { ...nbSchema };
      for (const { switches, ports } of moments) {
        const rows = {
          Logical_Switch: switches.map((each, place) => ({ _uuid: uuid(place), ...each })),
          Logical_Switch_Port: ports.map((each, place) => ({ _uuid: uuid(4 + place), ...each })),
        } as unknown as RowsByTable<NbTables>;
        const followed = guestPortsOf(snapshotOf<NbTables>(schema, rows));
        expect(followed).toEqual(guestPortsOf(snapshotOf<NbTables>({ ...nbSchema }, rows)));
      }
    }),
  );
});

it('are so once the switch is a Berth’s, while its ports stay as they are', () => {
  const foreign = snapshotOf<NbTables>({ ...nbSchema }, {
    Logical_Switch: [{ _uuid: uuid(0), name: 's', ports: new Set([uuid(4)]) }],
    Logical_Switch_Port: [{ _uuid: uuid(4), name: 'p' }],
  } as unknown as RowsByTable<NbTables>);
  const owned = damaged(foreign, (table, row) =>
    table === 'Logical_Switch' ? { ...row, external_ids: new Map([[ownerKey, 'default']]) } : row,
  );
  expect(guestPortsOf(foreign).get('s')).toBeUndefined();
  expect(guestPortsOf(owned).get('s')).toEqual([{ name: 'p' }]);
});
