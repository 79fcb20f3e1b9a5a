import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { requireSameOvn } from './same-ovn.ts';

const uuid = (place: number): Uuid => `00000000-0000-4000-8000-00000000000${place}` as Uuid;

test('what northd has not come to is told, and a disabled router, of which it makes nothing, is not', () => {
  const sb = snapshotOf<SbTables>(sbSchema, {
    Datapath_Binding: [{ external_ids: new Map([['logical-switch', uuid(1)]]) }],
  });
  const lacking = (enabled: boolean): readonly string[] => {
    const nb = snapshotOf<NbTables>(nbSchema, {
      Logical_Switch: [{ _uuid: uuid(1), name: 's1' }],
      Logical_Router: [{ _uuid: uuid(2), name: 'vpc1', enabled }],
    });
    return requireSameOvn(nb, sb);
  };
  expect(lacking(true)).toEqual(['northd has not written router vpc1 to SB yet']);
  expect(lacking(false)).toEqual([]);
});
