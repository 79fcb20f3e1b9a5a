import { differenceOf, formerPlaces } from '../memo/list-difference.ts';
import type { Asker } from '../memo/per-item.ts';
import { areSame } from '../memo/per-object.ts';

type Named = { readonly metadata: { readonly name: string } };

/** What statuses of a list go by beside the objects themselves. */
type Beside<F> = {
  /** For all of them, told from others by identity. */
  readonly others: Readonly<Record<string, unknown>>;
  /** For the one whose name `nameOf` says: another list touches those that it lost and those that it gained. */
  readonly followed: readonly (readonly F[])[];
  /** Names of objects that are looked at in any case. */
  readonly always: ReadonlySet<string>;
};

type Looked<T, F> = Omit<Beside<F>, 'always'> & {
  readonly items: readonly T[];
  /** Of each item 1 where nothing was to be done about it. */
  readonly isSettled: Uint8Array;
};

/**
 * Looks at the objects of a list, but not again at those about which nothing was to be done when the same asker was here last and of which
 * nothing changed since. `look` says whether nothing is to be done, as far as that goes by what is said to be beside the object.
 */
export function lookingAgain<T extends Named, F extends object>(
  nameOf: (followed: F) => string,
): (asker: Asker, items: readonly T[], beside: Beside<F>, look: (item: T) => boolean) => void {
  const known = new WeakMap<Asker, Looked<T, F>>();
  return (asker, items, { others, followed, always }, look) => {
    const found = known.get(asker);
    const last = found && areSame(found.others, others) ? found : undefined;
    const places = last && formerPlaces(last.items, items);
    const touched = new Set(always);
    if (last) for (const name of changedNames(last.followed, followed, nameOf)) touched.add(name);
    const isSettled = new Uint8Array(items.length);
    items.forEach((item, place) => {
      const former = places?.[place] ?? -1;
      const isLeft = former >= 0 && last?.isSettled[former] === 1 && !touched.has(item.metadata.name);
      isSettled[place] = isLeft || look(item) ? 1 : 0;
    });
    known.set(asker, { items, others, followed, isSettled });
  };
}

function changedNames<F extends object>(
  before: readonly (readonly F[])[],
  after: readonly (readonly F[])[],
  nameOf: (followed: F) => string,
): readonly string[] {
  return after.flatMap((list, place) => {
    const former = before[place] ?? [];
    if (former === list) return [];
    const { gone, come } = differenceOf(former, list);
    return [...gone, ...come].map(nameOf);
  });
}
