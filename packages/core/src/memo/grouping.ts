import { isSameList } from './list-difference.ts';
import { type Asker, perItem } from './per-item.ts';

/** The items of a list that have one key, in their order, and who asks about them: the very same for as long as there are any. */
export type Group<Item> = { readonly asker: Asker; readonly items: readonly Item[] };

type Groups<Key, Item> = ReadonlyMap<Key, Group<Item>>;

/** The items of a list by their key, as `Map.groupBy` has them. No item that stayed is looked at, and a group that is as before is the very same. */
export function grouping<Item extends object, Key>(
  keyOf: (item: Item) => Key,
): (asker: Asker, items: readonly Item[]) => Groups<Key, Item> {
  const keyOfEach = perItem(keyOf);
  const known = new WeakMap<Asker, { readonly items: readonly Item[]; readonly groups: Groups<Key, Item> }>();
  return (asker, items) => {
    const last = known.get(asker);
    if (last?.items === items) return last.groups;
    const groups = new Map<Key, Group<Item>>();
    for (const [key, own] of divided(items, keyOfEach(asker, items, {}))) {
      const former = last?.groups.get(key);
      const isSame = former && isSameList(former.items, own);
      groups.set(key, isSame ? former : { asker: former?.asker ?? {}, items: own });
    }
    known.set(asker, { items, groups });
    return groups;
  };
}

function divided<Item, Key>(items: readonly Item[], keys: readonly Key[]): ReadonlyMap<Key, readonly Item[]> {
  const lists = new Map<Key, Item[]>();
  let place = 0;
  while (place < items.length) {
    const key = keys[place] as Key;
    const from = place;
    place += 1;
    // Most come after another one of their key.
    while (place < items.length && keys[place] === key) place += 1;
    // A list of one key is the group itself, so that what is known of how it changed is known of the group.
    if (from === 0 && place === items.length) return new Map([[key, items]]);
    const own = lists.get(key) ?? [];
    for (let at = from; at < place; at++) own.push(items[at] as Item);
    lists.set(key, own);
  }
  return lists;
}
