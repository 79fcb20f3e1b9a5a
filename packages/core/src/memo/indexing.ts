import { differenceOf } from './list-difference.ts';
import type { Asker } from './per-item.ts';

/** Items by their key, in the order of their list. */
export type Index<Item> = (key: string) => readonly Item[];

type Indexed<Item> = { items: readonly Item[]; readonly byKey: Map<string, readonly Item[]> };

/** The items of a list by a key that most have for themselves; one without a key is not found. It costs what changed since the list before. */
export function indexing<Item extends object>(
  keyOf: (item: Item) => string | undefined,
): (asker: Asker, items: readonly Item[]) => Index<Item> {
  const known = new WeakMap<Asker, Indexed<Item>>();
  return (asker, items) => {
    const indexed = known.get(asker) ?? { items: [], byKey: new Map() };
    known.set(asker, indexed);
    follow(indexed, items, keyOf);
    return (key) => {
      // Whoever asks of an older list when there is a newer one has to look at all of it.
      if (indexed.items !== items) return items.filter((item) => keyOf(item) === key);
      const found = indexed.byKey.get(key) ?? [];
      return found.length < 2 ? found : items.filter((item) => found.includes(item));
    };
  };
}

function follow<Item extends object>(
  indexed: Indexed<Item>,
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): void {
  const { byKey } = indexed;
  const { gone, come } = differenceOf(indexed.items, items);
  for (const item of gone) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const left = (byKey.get(key) ?? []).filter((each) => each !== item);
    if (left.length === 0) byKey.delete(key);
    else byKey.set(key, left);
  }
  for (const item of come) {
    const key = keyOf(item);
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), item]);
  }
  indexed.items = items;
}
