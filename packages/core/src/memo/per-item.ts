import { handedOn } from './handed-on.ts';
import { carriedOver, isSameList, leftFrom, type Run, runsOf } from './list-difference.ts';
import { areSame, perObject } from './per-object.ts';

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
  /** The items of which what was found for them said that it may be otherwise each time. */
  readonly unsure: ReadonlySet<Item>;
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
  return handedOn(
    last.answers,
    carriedOver(last.answers, items, runs, (item) => answer(item, others)),
    runs,
  );
}

/** Which of the items that stayed something else may be found for than before. */
export type Doubt<Item, Near, Beside> = {
  /** Of two surroundings, the second of which is now; undefined where it may be so for all of them. */
  readonly mayDiffer: (before: Near, now: Near) => ReadonlySet<Item> | undefined;
  /** Whether what was found tells that of its item something else may be found each time. */
  readonly isUnsure?: (beside: Beside) => boolean;
};

/**
 * The same for answers that also go by what is found for each item: `besideOf` finds it, `near` is where, and what is found is told from
 * others by identity, part for part. `near` itself is not compared: all that an answer takes from it must be found.
 * With a `doubt` it is not found again for an item that stayed, unless that says that something else may be found now.
 */
export function perItemBeside<Item extends object, Beside extends Others, With extends Others, Near, Answer>(
  besideOf: (item: Item, near: Near, place: number) => Beside,
  answer: (item: Item, beside: Beside, others: With, near: Near) => Answer,
  { mayDiffer, isUnsure = () => false }: Doubt<Item, Near, Beside> = { mayDiffer: () => undefined },
): (asker: Asker, items: readonly Item[], others: With, near: Near) => readonly Answer[] {
  const known = new WeakMap<Asker, Known<Item, With, Near, Beside, Answer>>();
  return (asker, items, others, near) => {
    const found = known.get(asker);
    const last = found && areSame(found.others, others) ? found : nothingKnown;
    const runs = runsOf(last.items, items);
    const besides = carriedOver<Item, Beside | undefined>(last.besides, items, runs, nothingYet);
    const answers = carriedOver<Item, Answer | undefined>(last.answers, items, runs, nothingYet);
    const unsure = new Set<Item>(last.unsure);
    for (const item of leftFrom(last.items, runs)) unsure.delete(item);
    const changed: number[] = [];
    /** Gives whether something else is found than before. */
    const look = (place: number): boolean => {
      const item = items[place] as Item;
      const before = besides[place];
      const beside = besideOf(item, near, place);
      if (before && areSame(before, beside)) return false;
      changed.push(place);
      besides[place] = beside;
      answers[place] = answer(item, beside, others, near);
      if (isUnsure(beside)) unsure.add(item);
      else unsure.delete(item);
      return true;
    };
    // Without an item that came, in one run: two of them would have lost what was between.
    let isSame = last.items.length === items.length && (runs[0]?.length ?? 0) === items.length;
    const doubted = runs.length === 0 ? noItems : mayDiffer(last.near as Near, near);
    const places = placesIn(items, runs, doubted && new Set([...doubted, ...unsure]));
    for (const place of places) isSame = !look(place) && isSame;
    for (const place of placesBeside(runs, items.length)) look(place);
    // By now something is found for every item, and answered.
    const given = isSame
      ? last.answers
      : handedOn(
          last.answers,
          answers as readonly Answer[],
          runs,
          changed.sort((left, right) => left - right),
        );
    known.set(asker, { items, others, near, besides: besides as readonly Beside[], answers: given, unsure });
    return given;
  };
}

const nothingYet = (): undefined => undefined;
const noItems: ReadonlySet<never> = new Set();
const nothingKnown = { items: [], near: undefined, besides: [], answers: [], unsure: noItems } as const;

/** The places of items that are in runs: of all, or of some. */
function placesIn<Item>(
  items: readonly Item[],
  runs: readonly Run[],
  some: ReadonlySet<Item> | undefined,
): Iterable<number> {
  if (some && some.size <= few) {
    const isIn = (at: number): boolean =>
      runs.some(({ place, length }) => place <= at && at < place + length);
    return [...some].map((item) => items.indexOf(item)).filter(isIn);
  }
  const isSome = (at: number): boolean => !some || some.has(items[at] as Item);
  return runs.flatMap(({ place, length }) => numbers(place, place + length).filter(isSome));
}

/** Up to so many are looked for in a list one by one. */
const few = 16;

/** The places that are in no run. */
function placesBeside(runs: readonly Run[], end: number): readonly number[] {
  const ends = runs.map(({ place, length }) => place + length);
  return [0, ...ends].flatMap((from, at) => numbers(from, runs[at]?.place ?? end));
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
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
    const given = isSameList(last.picked, picked) ? last.picked : picked;
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

/** All that is said of the items of a list, in its order, where of most nothing is said. It costs what changed, as `perItem`. */
export function gathering<Item extends object, Said>(
  say: (item: Item) => readonly Said[],
): (asker: Asker, items: readonly Item[]) => readonly Said[] {
  const some = picking((item: Item) => say(item).length > 0);
  const saidOf = perObject(say);
  return (asker, items) => some(asker, items).flatMap(saidOf);
}

/** What there is of each item of a list, in its order, where of most there is something: the very same list while that is as it was. */
export function choosing<Item extends object, Chosen>(
  of: (item: Item) => Chosen | undefined,
): (asker: Asker, items: readonly Item[]) => readonly Chosen[] {
  const ofEach = perItem(of);
  return (asker, items) => present(ofEach(asker, items, {})) as readonly Chosen[];
}

const present = perObject((each: readonly unknown[]): readonly unknown[] =>
  each.includes(undefined) ? each.filter((one) => one !== undefined) : each,
);
