import { formerPlaces } from './list-difference.ts';
import { areSame } from './per-object.ts';

type Others = Readonly<Record<string, unknown>>;

/** Whoever asks about lists again and again, told by identity. What it was answered is kept for as long as it is there. */
export type Asker = object;

type Known<Item, With, Beside, Answer> = {
  readonly items: readonly Item[];
  readonly others: With;
  /** Of each item. */
  readonly said: readonly { readonly beside: Beside; readonly answer: Answer }[];
  readonly answers: readonly Answer[];
};

/**
 * A pure function of each item of a list and of other values, and the former answer for an item that is the very same, while the
 * others are. What comes to the same as before is the very same list. As `perObjectWith`, without a look into a table for each item.
 */
export function perItem<Item extends object, With extends Others, Answer>(
  answer: (item: Item, others: With) => Answer,
): (asker: Asker, items: readonly Item[], others: With) => readonly Answer[] {
  const ask = perItemBeside(
    () => nothing,
    (item: Item, _: Others, others: With) => answer(item, others),
  );
  return (asker, items, others) => ask(asker, items, others, undefined);
}

const nothing: Others = {};

/**
 * The same for answers that also go by what is found for each item: `besideOf` finds it, `near` is where, and what is found is told from
 * others by identity, part for part. `near` itself is not compared: all that an answer takes from it must be found.
 */
export function perItemBeside<Item extends object, Beside extends Others, With extends Others, Near, Answer>(
  besideOf: (item: Item, near: Near, place: number) => Beside,
  answer: (item: Item, beside: Beside, others: With, near: Near) => Answer,
): (asker: Asker, items: readonly Item[], others: With, near: Near) => readonly Answer[] {
  const known = new WeakMap<Asker, Known<Item, With, Beside, Answer>>();
  return (asker, items, others, near) => {
    const found = known.get(asker);
    const last = found && areSame(found.others, others) ? found : undefined;
    const places = last && formerPlaces(last.items, items);
    const said: Known<Item, With, Beside, Answer>['said'][number][] = [];
    const answers: Answer[] = [];
    let isSame = last?.items.length === items.length;
    items.forEach((item, place) => {
      const former = places?.[place] ?? -1;
      const before = former < 0 ? undefined : last?.said[former];
      const beside = besideOf(item, near, place);
      const isKept = before !== undefined && areSame(before.beside, beside);
      const now = isKept ? before : { beside, answer: answer(item, beside, others, near) };
      said.push(now);
      answers.push(now.answer);
      isSame &&= isKept && former === place;
    });
    const given = last && isSame ? last.answers : answers;
    known.set(asker, { items, others, said, answers: given });
    return given;
  };
}

/** The value that was given before, for as long as the next one is equal to it. */
export function keeping<T extends object>(
  isEqual: (before: T, after: T) => boolean,
): (asker: Asker, value: T) => T {
  const known = new WeakMap<Asker, T>();
  return (asker, value) => {
    const before = known.get(asker);
    if (before && isEqual(before, value)) return before;
    known.set(asker, value);
    return value;
  };
}

/** All that lists hold, of which most hold nothing. */
export function gathered<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const all: T[] = [];
  for (const each of lists) if (each.length > 0) all.push(...each);
  return all;
}
