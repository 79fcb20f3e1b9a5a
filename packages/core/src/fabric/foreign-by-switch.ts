import type { Ip } from '@berth/net';
import { PersistentMap } from '@berth/ovsdb/value';
import { isSameList } from '../memo/list-difference.ts';
import { addressesOf, type ForeignHolder, holderOf, type Located } from './foreign-holder.ts';
import { compareText } from './tables.ts';

/** Who of others has addresses on a switch, by the address; of more than one, by name. */
export type ForeignAddresses = ReadonlyMap<Ip, readonly ForeignHolder[]>;

/** By the name of the logical switch. */
export type BySwitch = PersistentMap<string, PersistentMap<Ip, readonly ForeignHolder[]>>;

/** That a row, of a router where it is of one, came to a switch with its addresses, or went. */
export type Note = {
  readonly switchName: string;
  readonly located: Located;
  readonly router: string | undefined;
  readonly sign: Sign;
};

/** Whether something comes or goes. */
export type Sign = 1 | -1;

/** No switch has addresses of others. */
export const onNoSwitch: BySwitch = PersistentMap.of();

/** What is on the switches after what came and went, each switch the very same where that comes to nothing. It costs as much as the notes. */
export function noted(before: BySwitch, notes: readonly Note[]): BySwitch {
  const open = new Map<string, Map<Ip, ForeignHolder[]>>();
  for (const { switchName, located, router, sign } of notes) {
    const lists = open.get(switchName) ?? new Map<Ip, ForeignHolder[]>();
    open.set(switchName, lists);
    const holder = holderOf(located.table, located.row, router);
    for (const ip of addressesOf(located.table, located.row)) {
      const list = lists.get(ip) ?? [...(before.get(switchName)?.get(ip) ?? [])];
      lists.set(ip, list);
      const place = placeOf(list, holder);
      if (sign > 0) list.splice(place, 0, holder);
      else list.splice(place, 1);
    }
  }
  return before.edit((draft) => {
    for (const [switchName, lists] of open) {
      const after = withLists(draft.get(switchName) ?? PersistentMap.of(), lists);
      if (after.size === 0) draft.delete(switchName);
      else if (after !== draft.get(switchName)) draft.set(switchName, after);
    }
  });
}

function withLists(
  before: PersistentMap<Ip, readonly ForeignHolder[]>,
  lists: ReadonlyMap<Ip, readonly ForeignHolder[]>,
): PersistentMap<Ip, readonly ForeignHolder[]> {
  return before.edit((draft) => {
    for (const [ip, list] of lists) {
      const was = draft.get(ip) ?? [];
      if (list.length === 0) draft.delete(ip);
      else if (was.length !== list.length || !isSameList(was.map(textOf), list.map(textOf)))
        draft.set(ip, list);
    }
  });
}

/** Where a holder is in a list in order, or belongs. */
function placeOf(list: readonly ForeignHolder[], holder: ForeignHolder): number {
  const text = textOf(holder);
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareText(textOf(list[middle] as ForeignHolder), text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All of a holder, the name first: holders in the order of these are in the same one whoever came first. */
function textOf({ name, table, router, row }: ForeignHolder): string {
  return `${name}\0${table}\0${router ?? ''}\0${row}`;
}
