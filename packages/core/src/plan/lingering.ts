import type { Ip } from '@berth/net';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid, Value } from '@berth/ovsdb/value';
import { answeredAddresses } from '../fabric/answered-addresses.ts';
import { carriedOut } from '../fabric/behind.ts';
import { lingerEntry } from '../fabric/linger-list.ts';
import { type KeyedList, lingerLists, mayLinger } from '../fabric/linger-mark.ts';
import { claimsOf } from '../fabric/read.ts';
import { hasCarriedOut, type RowChange } from '../fabric/row-change.ts';
import { rowsOf } from '../fabric/tables.ts';
import type { Change } from './change.ts';
import { leftRoles } from './left-roles.ts';
import { mapEntry } from './map-entry.ts';

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
  const taken = takenBy(changes, nb, sb).filter(({ chassis, change }) => {
    const own = done.get(chassis);
    return own === undefined || change === undefined || hasCarriedOut(own, change) !== false;
  });
  const outdated = outdatedMarks(nb, sb);
  const kept = lingerLists(nb).filter(({ key }) => !outdated.has(key));
  const keptAt = Map.groupBy(kept, placeOf);
  const added = new Map<string, string>();
  const dropped = new Set(outdated);
  let room = mostDetail - lengthOf(kept);
  const places = Map.groupBy(taken, placeOf);
  let left = places.size;
  for (const [place, some] of places) {
    const [first] = some;
    if (first === undefined) continue;
    const ips = new Set(some.map(({ ip }) => ip));
    const joined = (keptAt.get(place) ?? []).filter((list) => isJoined(list, at, ips));
    // A key that is there already is taken away first: OVSDB inserts only keys that a map lacks (RFC 7047, section 5.1).
    for (const { key } of joined) dropped.add(key);
    const { switchName, chassis } = first;
    const all = [...joined.flatMap((list) => list.taken), ...some];
    room += lengthOf(joined);
    // Any of the chassis may be the one that stands still.
    const [key, value] = lingerEntry(
      { switchName, chassis, change: at, taken: all },
      Math.floor(room / left),
    );
    added.set(key, value);
    room -= key.length + value.length;
    left -= 1;
  }
  return { added, dropped };
}

/** How many characters of NB marks may take with MACs and objects; of further ones there are addresses alone, as every client of NB holds them. */
export const mostDetail = 65_536;

/** Longer lists stay as they are: what is taken address by address is not written again and again. */
const mostJoined = 2_000;

/** Whether a list goes into a new one: it is of the same change, or tells of nothing that the new one does not. */
function isJoined(list: KeyedList, at: RowChange, ips: ReadonlySet<Ip>): boolean {
  const isOfSame = list.change.number === at.number && list.change.isAfter === at.isAfter;
  return (isOfSame && list.length <= mostJoined) || list.taken.every(({ ip }) => ips.has(ip));
}

function placeOf({ switchName, chassis }: Pick<KeyedList, 'switchName' | 'chassis'>): string {
  return `${switchName}/${chassis}`;
}

function lengthOf(lists: readonly KeyedList[]): number {
  return lists.reduce((sum, { length }) => sum + length, 0);
}

/** The keys of marks that mean nothing any more: their chassis has caught up, or is gone. */
export function outdatedMarks(nb: Snapshot<NbTables>, sb: Snapshot<SbTables>): ReadonlySet<string> {
  return new Set(lingerLists(nb).flatMap((list) => (mayLinger(list, sb) ? [] : [list.key])));
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
  const claims = claimsOf(sb);
  const roles = leftRoles(changes, nb, claims);
  if (roles.size === 0) return rows.size === 0 ? [] : answeredAddresses(nb, claims, (row) => rows.has(row));
  return answeredAddresses(nb, claims).filter(
    ({ row, gatewayPort }) => rows.has(row) || roles.has(gatewayPort ?? ''),
  );
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
function requestedOf(options: Value): Value {
  return mapEntry(options, 'requested-chassis');
}
