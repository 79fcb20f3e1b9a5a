import type { NbTables, SbTables } from '@berth/ovn';
import { isMap, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import { answeredAddresses } from '../fabric/answered-addresses.ts';
import { carriedOut } from '../fabric/behind.ts';
import { lingerEntry, lingerMarks, mayLinger } from '../fabric/linger-mark.ts';
import { claimsOf } from '../fabric/read.ts';
import { hasCarriedOut, type RowChange } from '../fabric/row-change.ts';
import { rowsOf } from '../fabric/tables.ts';
import type { Change } from './change.ts';

/** Marks of NB_Global that come and go with changes. */
export type LingerChanges = {
  readonly added: ReadonlyMap<string, string>;
  readonly dropped: ReadonlySet<string>;
};

/**
 * What changes take from chassis, so that it is known of one that stands still when no row tells it any more, and the marks that every chassis
 * has caught up with by now. An address that a chassis never had, as it stood still before the row came, is not taken from it.
 */
export function lingerChanges(
  changes: readonly Change[],
  at: RowChange,
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): LingerChanges {
  const done = carriedOut(sb);
  const added = new Map(
    takenBy(changes, nb, sb).flatMap(({ change, chassis, ...taken }) => {
      const own = done.get(chassis);
      const isLacked = own !== undefined && change !== undefined && hasCarriedOut(own, change) === false;
      return isLacked ? [] : [lingerEntry({ ...taken, chassis, change: at })];
    }),
  );
  // A key that is there already is taken away first: OVSDB inserts only keys that a map lacks (RFC 7047, section 5.1).
  const again = lingerMarks(nb).flatMap(({ key }) => (added.has(key) ? [key] : []));
  return { added, dropped: new Set([...again, ...outdatedMarks(nb, sb)]) };
}

/** The keys of marks that mean nothing any more: their chassis has caught up, or is gone. */
export function outdatedMarks(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): ReadonlySet<string> {
  return new Set(lingerMarks(nb).flatMap((mark) => (mayLinger(mark, sb) ? [] : [mark.key])));
}

/** The addresses that changes may have answered elsewhere or nowhere, with the chassis that had them. */
function takenBy(
  changes: readonly Change[],
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): ReturnType<typeof answeredAddresses> {
  const rows = new Set<Uuid>();
  const ports = new Set<string>();
  for (const change of changes) {
    if (change.verb === 'insert' || !takes(change)) continue;
    if (change.table !== 'Logical_Switch_Port') rows.add(change.uuid);
    else ports.add(nb.table('Logical_Switch_Port').get(change.uuid)?.name ?? '');
  }
  if (ports.size > 0)
    for (const { _uuid, logical_port: port } of rowsOf(nb, 'NAT'))
      if (port !== undefined && ports.has(port)) rows.add(_uuid);
  return rows.size === 0 ? [] : answeredAddresses(nb, claimsOf(sb), (row) => rows.has(row));
}

/** Columns that decide where an address is answered, by table. */
const placing: Readonly<Record<string, readonly string[]>> = {
  NAT: ['external_ip', 'external_mac', 'gateway_port', 'logical_ip', 'logical_port', 'type'],
  Load_Balancer: ['vips'],
  Logical_Router_Port: ['networks'],
};

function takes({ verb, table, columns }: Change): boolean {
  if (table === 'Logical_Switch_Port') {
    const { old, new: value } = columns['options'] ?? {};
    return verb === 'delete' || requestedOf(old) !== requestedOf(value);
  }
  const names = placing[table];
  return names !== undefined && (verb === 'delete' || names.some((name) => columns[name] !== undefined));
}

/** The chassis that a port is bound to (ovn-nb(5), `requested-chassis`). */
function requestedOf(options: Value): unknown {
  return isMap(options) ? options.get('requested-chassis') : undefined;
}
