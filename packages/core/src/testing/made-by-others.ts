import { type NbTables, nbSchema } from '@berth/ovn';
import { isUuid, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import { mapOf } from '../compile/row-of.ts';
import type { Nb } from './program.ts';

/** NB as somebody else would have made it: with other UUIDs, and no mark of ours. */
export function madeByOthers(nb: Nb): Nb {
  const whole: Snapshot = nb;
  const other = (atom: unknown): unknown =>
    typeof atom === 'string' && isUuid(atom) ? atom.replace(/^.{8}/, '00000000') : atom;
  const movedValue = (value: unknown): unknown =>
    value instanceof Set ? new Set([...value].map(other)) : other(value);
  const rowsOf = (table: string) =>
    [...whole.table(table)].map((row) => ({
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, movedValue(value)])),
      external_ids: mapOf({ vendor: 'kube-ovn' }),
    }));
  const tables = whole.tableNames.filter((table) => whole.table(table).size > 0);
  return snapshotOf<NbTables>(nbSchema, Object.fromEntries(tables.map((table) => [table, rowsOf(table)])));
}
