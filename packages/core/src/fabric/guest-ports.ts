import { ownerKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import type { Atom, Snapshot, Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { changesOf, following } from './following.ts';
import { isMoved } from './foreign-addresses.ts';
import { compareText, rowsOf } from './tables.ts';

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
export const guestPortsOf = perObject(
  (nb: Snapshot<NbTables>): GuestPorts => followed(nb.schema, nb, {}).answer,
);

type SwitchPort = NbTables['Logical_Switch_Port'];

/** The ports of others, which go on from snapshot to snapshot, and the answer. */
type Known = { readonly ports: Map<Uuid, SwitchPort>; readonly answer: GuestPorts };

const followed = following(
  (): Known => ({ ports: new Map(), answer: new Map() }),
  ({ ports, answer }, changed, nb: Snapshot<NbTables>): Known => {
    let isOther = false;
    for (const { uuid, after } of changesOf(changed, 'Logical_Switch_Port')) {
      const wasGuest = ports.delete(uuid);
      const row = after as SwitchPort | undefined;
      const isNow = row !== undefined && row.type !== 'localnet' && !row.external_ids.has(ownerKey);
      if (isNow) ports.set(uuid, row);
      isOther ||= wasGuest || isNow;
    }
    const isGuest = (uuid: Atom): boolean => ports.has(uuid as Uuid);
    isOther ||= ports.size > 0 && isMoved('Logical_Switch', changesOf(changed, 'Logical_Switch'), isGuest);
    return { ports, answer: isOther ? bySwitch(nb, ports) : answer };
  },
);

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
