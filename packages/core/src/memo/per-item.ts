import { type Run, runsOf } from './list-difference.ts';
import { areSame } from './per-object.ts';

type Others = Readonly<Record<string, unknown>>;

/** Whoever asks about lists again and again, told by identity. What it was answered is kept for as long as it is there. */
export type Asker = object;

type Known<Item, With, Near, Beside, Answer> = {
  readonly items: readonly Item[];
  readonly others: With;
  readonly near: Near;
  /** What was found for each item, and the answer about it. */
  readonly besides: readonly Beside[];
  readonly answers: readonly Answer[];
};

/**
 * A pure function of each item of a list and of other values, and the former answer for an item that is the very same, while the
 * others are. What comes to the same as before is the very same list. As `perObjectWith`, without a look into a table for each item.
 */
export function perItem<Item extends object, With extends Others, Answer>(
  answer: (item: Item, others: With) => Answer,
): (asker: Asker, items: readonly Item[], others: With) => readonly Answer[] {
  const known = new WeakMap<
    Asker,
    Pick<Known<Item, With, never, never, Answer>, 'items' | 'others' | 'answers'>
  >();
  return (asker, items, others) => {
    const found = known.get(asker);
    const last = found && areSame(found.others, others) ? found : undefined;
    if (last?.items === items) return last.answers;
    const answers = last ? answersOf(last, items, others, answer) : items.map((item) => answer(item, others));
    known.set(asker, { items, others, answers });
    return answers;
  };
}

/** The former answers where there are any, and new ones to the rest. */
function answersOf<Item extends object, With, Answer>(
  last: { readonly items: readonly Item[]; readonly answers: readonly Answer[] },
  items: readonly Item[],
  others: With,
  answer: (item: Item, others: With) => Answer,
): readonly Answer[] {
  const runs = runsOf(last.items, items);
  if ((runs[0]?.length ?? 0) === items.length && items.length === last.items.length) return last.answers;
  const parts: (readonly Answer[])[] = [];
  let next = 0;
  for (const { place, former, length } of runs) {
    parts.push(items.slice(next, place).map((item) => answer(item, others)));
    parts.push(last.answers.slice(former, former + length));
    next = place + length;
  }
  parts.push(items.slice(next).map((item) => answer(item, others)));
  const none: readonly Answer[] = [];
  return none.concat(...parts);
}

/**
 * The same for answers that also go by what is found for each item: `besideOf` finds it, `near` is where, and what is found is told from
 * others by identity, part for part. `near` itself is not compared: all that an answer takes from it must be found.
 * With `mayDiffer` it is not found again for an item that stayed, unless that says that something else may be found now.
 */
export function perItemBeside<Item extends object, Beside extends Others, With extends Others, Near, Answer>(
  besideOf: (item: Item, near: Near, place: number) => Beside,
  answer: (item: Item, beside: Beside, others: With, near: Near) => Answer,
  mayDiffer: (before: Near, now: Near) => (item: Item, beside: Beside) => boolean = () => always,
): (asker: Asker, items: readonly Item[], others: With, near: Near) => readonly Answer[] {
  const known = new WeakMap<Asker, Known<Item, With, Near, Beside, Answer>>();
  return (asker, items, others, near) => {
    const found = known.get(asker);
    const last = found && areSame(found.others, others) ? found : undefined;
    const besides: Beside[] = [];
    const answers: Answer[] = [];
    const ask = (from: number, to: number): void => {
      for (let place = from; place < to; place++) {
        const item = items[place] as Item;
        const beside = besideOf(item, near, place);
        besides.push(beside);
        answers.push(answer(item, beside, others, near));
      }
    };
    const isOpen = last && mayDiffer(last.near, near);
    /** Of a run of items that were there: gives whether all is as it was. */
    const keep = (
      { place, former, length }: Run,
      { besides: founds, answers: givens }: NonNullable<typeof last>,
    ): boolean => {
      let isKept = true;
      for (let at = 0; at < length; at++) {
        const item = items[place + at] as Item;
        const before = founds[former + at] as Beside;
        const beside = isOpen?.(item, before) ? besideOf(item, near, place + at) : before;
        const isSame = areSame(before, beside);
        besides.push(isSame ? before : beside);
        answers.push(isSame ? (givens[former + at] as Answer) : answer(item, beside, others, near));
        isKept &&= isSame;
      }
      return isKept;
    };
    const runs = last ? runsOf(last.items, items) : [];
    // Without an item that came, in one run: two of them would have lost what was between.
    let isSame = last?.items.length === items.length && (runs[0]?.length ?? 0) === items.length;
    let next = 0;
    for (const run of runs) {
      ask(next, run.place);
      if (last) isSame = keep(run, last) && isSame;
      next = run.place + run.length;
    }
    ask(next, items.length);
    const given = last && isSame ? last.answers : answers;
    known.set(asker, { items, others, near, besides, answers: given });
    return given;
  };
}

const always = (): boolean => true;

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

/**
 * The items of a list that something holds of, which is true of few: the very same list as before while they are the same. It costs what
 * changed since the same asker was here last.
 */
export function picking<Item extends object>(
  holds: (item: Item) => boolean,
): (asker: Asker, items: readonly Item[]) => readonly Item[] {
  const known = new WeakMap<Asker, Picked<Item>>();
  return (asker, items) => {
    const last = known.get(asker) ?? nonePicked;
    if (last.items === items) return last.picked;
    const places = placesOf(last, items, holds);
    const picked = places.map((place) => items[place] as Item);
    const isSame =
      picked.length === last.picked.length && picked.every((each, at) => each === last.picked[at]);
    const given = isSame ? last.picked : picked;
    known.set(asker, { items, places, picked: given });
    return given;
  };
}

type Picked<Item> = {
  readonly items: readonly Item[];
  /** Where in the list the picked ones are. */
  readonly places: readonly number[];
  readonly picked: readonly Item[];
};

const nonePicked: Picked<never> = { items: [], places: [], picked: [] };

/** Where the picked ones are now: those of before with the runs that they are in, and what is new. */
function placesOf<Item extends object>(
  last: Picked<Item>,
  items: readonly Item[],
  holds: (item: Item) => boolean,
): readonly number[] {
  const places: number[] = [];
  const look = (from: number, to: number): void => {
    for (let place = from; place < to; place++) if (holds(items[place] as Item)) places.push(place);
  };
  let next = 0;
  for (const { place, former, length } of runsOf(last.items, items)) {
    look(next, place);
    for (let at = firstFrom(last.places, former); at < last.places.length; at++) {
      const was = last.places[at] as number;
      if (was >= former + length) break;
      places.push(was - former + place);
    }
    next = place + length;
  }
  look(next, items.length);
  return places;
}

/** The first of ascending numbers that is no smaller: its place among them. */
function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All that lists hold, of which most hold nothing. */
export function gathered<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const all: T[] = [];
  for (const each of lists) if (each.length > 0) all.push(...each);
  return all;
}
