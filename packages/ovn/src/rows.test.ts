import { type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import {
  type Nb,
  type NbTables,
  nbSchema,
  type OvsTables,
  ovsSchema,
  type SbTables,
  sbSchema,
} from './index.ts';

test('the schemas are those of OVN 23.03 and Open vSwitch 3.1', () => {
  const versions = [nbSchema, sbSchema, ovsSchema].map(({ name, version, tables }) => [
    name,
    version,
    Object.keys(tables).length,
  ]);
  expect(versions).toEqual([
    ['OVN_Northbound', '7.0.0', 30],
    ['OVN_Southbound', '20.27.0', 34],
    ['Open_vSwitch', '8.3.1', 19],
  ]);
});

test('a snapshot yields typed rows', () => {
  const snapshot: Snapshot<NbTables> = snapshotOf<NbTables>(
    nbSchema,
    { NAT: [{ type: 'dnat_and_snat', external_ip: '10.9.101.9', logical_ip: '192.168.0.4' }] },
    { NAT: [['external_ip']] },
  );
  const [nat]: readonly Nb.NAT[] = snapshot.table('NAT').find({ external_ip: '10.9.101.9' });
  const type: 'dnat' | 'snat' | 'dnat_and_snat' | undefined = nat?.type;
  expect(type).toBe('dnat_and_snat');
  expect(nat?.logical_port).toBeUndefined();
});

test('references to different tables do not mix', () => {
  const snapshot = snapshotOf<NbTables>(nbSchema, { Logical_Router: [{ name: 'vpc1' }] });
  const [router] = snapshot.table('Logical_Router');
  const reference: Nb.Logical_Router['_uuid'] | undefined = router?._uuid;
  // @ts-expect-error a router is not a NAT
  const wrong: Nb.NAT['_uuid'] | undefined = router?._uuid;
  expect(reference).toBe(wrong);
});

test('all tables of the other databases can be read', () => {
  expect(
    [...snapshotOf<SbTables>(sbSchema, { Chassis: [{ name: 'node-1' }] }).table('Chassis')].map(
      (row) => row.name,
    ),
  ).toEqual(['node-1']);
  expect(snapshotOf<OvsTables>(ovsSchema, {}).table('Bridge').size).toBe(0);
});
