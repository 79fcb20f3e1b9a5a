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
    const keys = keyOfEach(asker, items, {});
    const lists = new Map<Key, Item[]>();
    let list: Item[] = [];
    for (let place = 0; place < items.length; place++) {
      const key = keys[place] as Key;
      // Most come after another one of their key.
      if (place === 0 || key !== keys[place - 1]) {
        list = lists.get(key) ?? [];
        lists.set(key, list);
      }
      list.push(items[place] as Item);
    }
    const groups = new Map<Key, Group<Item>>();
    for (const [key, own] of lists) {
      const former = last?.groups.get(key);
      const isSame = former && isSameList(former.items, own);
      groups.set(key, isSame ? former : { asker: former?.asker ?? {}, items: own });
    }
    known.set(asker, { items, groups });
    return groups;
  };
}
