import { differenceOf } from './list-difference.ts';
import type { Asker } from './per-item.ts';

/** How many items of a list have which key. */
type Counted<Item> = {
  items: readonly Item[];
  readonly counts: Map<string, number>;
  readonly repeated: Set<string>;
};

/** The keys that several items of a list have between them, at the cost of what changed since the list before. An item may have several keys. */
export function repeatedKeys<Item extends object>(
  keysOf: (item: Item) => readonly string[],
): (asker: Asker, items: readonly Item[]) => ReadonlySet<string> {
  const known = new WeakMap<Asker, Counted<Item>>();
  return (asker, items) => {
    const counted = known.get(asker) ?? { items: [], counts: new Map(), repeated: new Set() };
    known.set(asker, counted);
    if (counted.items === items) return new Set(counted.repeated);
    const { gone, come } = differenceOf(counted.items, items);
    for (const item of gone) for (const key of keysOf(item)) count(counted, key, -1);
    for (const item of come) for (const key of keysOf(item)) count(counted, key, 1);
    counted.items = items;
    return new Set(counted.repeated);
  };
}

function count({ counts, repeated }: Counted<object>, key: string, by: 1 | -1): void {
  const after = (counts.get(key) ?? 0) + by;
  if (after === 0) counts.delete(key);
  else counts.set(key, after);
  if (after > 1) repeated.add(key);
  else repeated.delete(key);
}
