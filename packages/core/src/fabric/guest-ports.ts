import { ownerKey } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { type Atom, type RowChange, type Snapshot, setChange, type Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { changesOf, following } from './following.ts';
import { compareText, heldRows, rowsOf } from './tables.ts';

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

/** The ports of others and what of them each switch has, which go on from snapshot to snapshot, and the answer. */
type Known = {
  readonly ports: Map<Uuid, SwitchPort>;
  readonly lists: Map<Uuid, readonly GuestPort[]>;
  readonly answer: GuestPorts;
};

const followed = following(
  (): Known => ({ ports: new Map(), lists: new Map(), answer: new Map() }),
  ({ ports, lists, answer }, changed, nb: Snapshot<NbTables>): Known => {
    const touched = new Set<Uuid>();
    for (const { uuid, after } of changesOf(changed, 'Logical_Switch_Port')) {
      const wasGuest = ports.delete(uuid);
      const row = after as SwitchPort | undefined;
      const isNow = row !== undefined && row.type !== 'localnet' && !row.external_ids.has(ownerKey);
      if (isNow) ports.set(uuid, row);
      if (wasGuest || isNow) touched.add(uuid);
    }
    const isGuest = (uuid: Atom): boolean => ports.has(uuid as Uuid) || touched.has(uuid as Uuid);
    const moved = changesOf(changed, 'Logical_Switch').filter((change) => isMoved(change, isGuest));
    for (const { uuid } of moved) lists.delete(uuid);
    const isOther = touched.size > 0 || (moved.length > 0 && ports.size > 0);
    return { ports, lists, answer: isOther ? bySwitch(nb, { ports, lists, touched }) : answer };
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

/** The ports of others by the switch, worked out anew for switches that are not in the lists, or have a port that is touched. */
function bySwitch(
  nb: Snapshot<NbTables>,
  { ports, lists, touched }: Omit<Known, 'answer'> & { readonly touched: ReadonlySet<Uuid> },
): GuestPorts {
  const found = new Map<string, readonly GuestPort[]>();
  for (const { _uuid: uuid, name, ports: own, external_ids: ids } of rowsOf(nb, 'Logical_Switch')) {
    if (!ids.has(ownerKey)) continue;
    const last = lists.get(uuid);
    const isSame = last && !touched.values().some((each) => own.has(each));
    const list = isSame
      ? last
      : heldRows(own, (each) => ports.get(each))
          .map(guestOf)
          .sort(byName);
    lists.set(uuid, list);
    if (list.length > 0) found.set(name, list);
  }
  return found;
}

function byName(left: GuestPort, right: GuestPort): number {
  return compareText(left.name, right.name);
}

function guestOf({ name, type, options }: SwitchPort): GuestPort {
  const routerPort = type === 'router' ? options.get('router-port') : undefined;
  return { name, ...(routerPort !== undefined && { routerPort }) };
}
