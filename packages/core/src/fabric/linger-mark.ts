import { lingersPrefix } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { carriedOut } from './behind.ts';
import { hasCarriedOut, type RowChange, readRowChange, rowChangeText } from './row-change.ts';
import { firstRow } from './tables.ts';

/**
 * That an address was taken from a chassis: its row was deleted, or changed to be answered elsewhere. The row is gone or tells of now; the
 * chassis answers until it has carried out the change, and one that stands still never does.
 */
export type LingerMark = {
  readonly ip: Ip;
  /** The external switch (Logical_Switch) it was answered on. */
  readonly switchName: string;
  readonly chassis: string;
  /** The hardware address it was answered with. */
  readonly mac: string;
  /** The object that had it, as `formatRef` writes it; undefined where its row named none. */
  readonly object: string | undefined;
  /** When the address was taken. */
  readonly change: RowChange;
};

/** A mark as `external_ids` of NB_Global has it. */
export function lingerEntry(mark: LingerMark): readonly [key: string, value: string] {
  const { ip, switchName, chassis, change, mac, object } = mark;
  return [
    `${lingersPrefix}${ip}/${switchName}/${chassis}`,
    [rowChangeText(change), mac, ...(object === undefined ? [] : [object])].join(' '),
  ];
}

/** Every mark of NB, with its key; what cannot be read is left out. */
export const lingerMarks = perObject(
  (nb: Snapshot<NbTables>): readonly (LingerMark & { readonly key: string })[] =>
    [...(firstRow(nb, 'NB_Global')?.external_ids ?? [])].flatMap(([key, value]) => {
      if (!key.startsWith(lingersPrefix)) return [];
      const [address = '', switchName, ...rest] = key.slice(lingersPrefix.length).split('/');
      const [number = '', mac, object] = value.split(' ');
      const [ip, change, chassis] = [parseIp(address), readRowChange(number), rest.join('/')];
      if (!ip || !change || !mac || switchName === undefined || chassis === '') return [];
      return [{ key, ip, switchName, chassis, mac, object, change }];
    }),
);

/** Whether the chassis of a mark is there and may not have carried out yet that the address is no more its own. */
export function mayLinger({ chassis, change }: LingerMark, sb: Snapshot<SbTables>): boolean {
  if (sb.table('Chassis').find({ name: chassis }).length === 0) return false;
  const done = carriedOut(sb).get(chassis);
  return done === undefined || hasCarriedOut(done, change) !== true;
}
