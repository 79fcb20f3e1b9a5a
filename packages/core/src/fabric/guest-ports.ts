import { ownerKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { type Atom, type RowChange, type Snapshot, setChange, type Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { changesOf, following } from './following.ts';
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
    isOther ||=
      ports.size > 0 && changesOf(changed, 'Logical_Switch').some((change) => isMoved(change, isGuest));
    return { ports, answer: isOther ? bySwitch(nb, ports) : answer };
  },
);

type Switch = NbTables['Logical_Switch'];

const nothing: ReadonlySet<Uuid> = new Set();

/** Whether a switch holds another one of some ports than before, has another name or is another one's. */
function isMoved({ before, after }: RowChange, isGuest: (uuid: Atom) => boolean): boolean {
  const [was, is] = [before, after] as readonly (Switch | undefined)[];
  if (was?.name !== is?.name || was?.external_ids.has(ownerKey) !== is?.external_ids.has(ownerKey))
    return true;
  const { added, removed } = setChange(was?.ports ?? nothing, is?.ports ?? nothing);
  return added.some(isGuest) || removed.some(isGuest);
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
