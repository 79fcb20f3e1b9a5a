import { ownerKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { type Atom, changesBetween, emptySnapshot, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { isMoved } from './foreign-addresses.ts';
import { areComparable, compareText, rowsOf } from './tables.ts';

/** A port on a switch of a Berth's that no Berth made: it needs what the switch has. */
export type GuestPort = {
  readonly name: string;
  /** The router port that it leads to. */
  readonly routerPort?: string;
};

/** By the name of the logical switch, each by name. */
export type GuestPorts = ReadonlyMap<string, readonly GuestPort[]>;

/**
 * The ports of others on switches of a Berth's. It costs what changed since the snapshot before of the same database, and is the very same while that is
 * nothing of others.
 */
export const guestPortsOf = perObject((nb: Snapshot<NbTables>): GuestPorts => {
  const { nb: before, ports, answer: last } = lastOf(nb);
  const changed = changesBetween(before, nb);
  let isOther = false;
  for (const { uuid, after } of changed.find(({ table }) => table === 'Logical_Switch_Port')?.changes ?? []) {
    const wasGuest = ports.delete(uuid);
    const row = after as SwitchPort | undefined;
    const isNow = row !== undefined && row.type !== 'localnet' && !row.external_ids.has(ownerKey);
    if (isNow) ports.set(uuid, row);
    isOther ||= wasGuest || isNow;
  }
  const isGuest = (uuid: Atom): boolean => ports.has(uuid as Uuid);
  isOther ||=
    ports.size > 0 &&
    changed.some(({ table, changes }) => table === 'Logical_Switch' && isMoved(table, changes, isGuest));
  const answer = isOther ? bySwitch(nb, ports) : last;
  known.set(nb.schema, { nb, ports, answer });
  return answer;
});

type SwitchPort = NbTables['Logical_Switch_Port'];

/** A snapshot, with the ports of others in it: they go on with it from snapshot to snapshot. */
type Known = {
  readonly nb: Snapshot<NbTables>;
  readonly ports: Map<Uuid, SwitchPort>;
  readonly answer: GuestPorts;
};

/** The last snapshot of each database, by its schema. */
const known = new WeakMap<object, Known>();

/** What is known of the database of a snapshot, as far as it has the same tables: of one that was not seen yet that it was empty. */
function lastOf(nb: Snapshot<NbTables>): Known {
  const { schema, tableNames } = nb;
  const last = known.get(schema);
  if (last && areComparable(last.nb, nb)) return last;
  return { nb: emptySnapshot(schema, tableNames), ports: new Map(), answer: new Map() };
}

function bySwitch(nb: Snapshot<NbTables>, foreign: ReadonlyMap<Uuid, SwitchPort>): GuestPorts {
  const found = new Map<string, readonly GuestPort[]>();
  for (const { name, ports, external_ids: ids } of rowsOf(nb, 'Logical_Switch')) {
    if (!ids.has(ownerKey)) continue;
    const guests = [...ports].flatMap((uuid) => foreign.get(uuid) ?? []).map(guestOf);
    if (guests.length > 0)
      found.set(
        name,
        guests.sort((left, right) => compareText(left.name, right.name)),
      );
  }
  return found;
}

function guestOf({ name, type, options }: SwitchPort): GuestPort {
  const routerPort = type === 'router' ? options.get('router-port') : undefined;
  return { name, ...(routerPort !== undefined && { routerPort }) };
}
