/** Items of a list that follow each other as they did in the list before. */
export type Run = { readonly place: number; readonly former: number; readonly length: number };

/**
 * What of a list was in the list before, in runs. Items are told apart by identity. An item that is now in another order with others may
 * count as one that went and one that came. What both lists begin and end with is no more than compared, and what is between needs no index
 * where items came, went or changed each by itself.
 */
export function runsOf<T extends object>(before: readonly T[], after: readonly T[]): readonly Run[] {
  const last = lastRuns.get(after);
  if (last?.before === before) return last.runs;
  const runs = foundRuns(before, after);
  keepRuns(before, after, runs);
  return runs;
}

/**
 * Whoever follows a list lays it beside the same one of before as all others who do. What is kept of a list goes once there is a newer one:
 * each would hold the one before it, and so on.
 */
const lastRuns = new WeakMap<
  readonly unknown[],
  { readonly before: readonly unknown[]; readonly runs: readonly Run[] }
>();

/** Takes note of what of a list was in the list before, for whoever lays it beside that. */
export function keepRuns(before: readonly unknown[], after: readonly unknown[], runs: readonly Run[]): void {
  lastRuns.set(after, { before, runs });
  lastRuns.delete(before);
}

function foundRuns<T extends object>(before: readonly T[], after: readonly T[]): readonly Run[] {
  const runs: Run[] = [];
  const head = lengthOf(before, 0, after, 0);
  const tail = tailOf(before, after, head);
  const [formerEnd, end] = [before.length - tail, after.length - tail];
  const add = (place: number, former: number, length: number): void => {
    if (length > 0) runs.push({ place, former, length });
  };
  add(0, 0, head);
  let index: ReadonlyMap<T, number> | undefined;
  let [place, next] = [head, head];
  while (place < end) {
    const item = after[place];
    if (before[next] === item) {
      const length = lengthOf(before, next, after, place);
      add(place, next, length);
      place += length;
      next += length;
    } else if (before[next + 1] === item) next += 1;
    else if (before[next] === after[place + 1]) place += 1;
    else if (before[next + 1] === after[place + 1]) {
      place += 1;
      next += 1;
    } else {
      index ??= new Map(before.slice(head, formerEnd).map((each, at) => [each, head + at]));
      const found = item && index.get(item);
      if (found === undefined) place += 1;
      else next = found;
    }
  }
  add(end, formerEnd, tail);
  return runs;
}

/** How many items two lists end with, beside those that they begin with. */
function tailOf<T>(before: readonly T[], after: readonly T[], head: number): number {
  const most = Math.min(before.length, after.length) - head;
  let length = 0;
  while (length < most && before[before.length - 1 - length] === after[after.length - 1 - length])
    length += 1;
  return length;
}

/** How many items follow each other in two lists from these places on, at most so many. */
export function lengthOf<T>(
  before: readonly T[],
  former: number,
  after: readonly T[],
  place: number,
  most = after.length - place,
): number {
  let length = 0;
  while (length < most && before[former + length] === after[place + length]) length += 1;
  return length;
}

/** For each item of a list its place in the list before, -1 where it was not in it. As `runsOf`. */
export function formerPlaces<T extends object>(before: readonly T[], after: readonly T[]): Int32Array {
  const places = new Int32Array(after.length).fill(-1);
  for (const { place, former, length } of runsOf(before, after))
    for (let at = 0; at < length; at++) places[place + at] = former + at;
  return places;
}

/** What a list lost and what it gained since another one. */
export function differenceOf<T extends object>(
  before: readonly T[],
  after: readonly T[],
): { readonly gone: readonly T[]; readonly come: readonly T[] } {
  if (before === after) return { gone: [], come: [] };
  const runs = runsOf(before, after);
  return { gone: leftFrom(before, runs), come: newAmong(after, runs) };
}

/** The items of a list that are in none of its runs. */
export function newAmong<T>(after: readonly T[], runs: readonly Run[]): readonly T[] {
  const come: T[] = [];
  let next = 0;
  for (const { place, length } of runs) {
    if (place > next) come.push(...after.slice(next, place));
    next = place + length;
  }
  return next < after.length ? come.concat(after.slice(next)) : come;
}

/** The items of the list before that are in no run. */
export function leftFrom<T>(before: readonly T[], runs: readonly Run[]): readonly T[] {
  const inOrder = runs.toSorted((left, right) => left.former - right.former);
  return newAmong(
    before,
    inOrder.map(({ former, length }) => ({ place: former, former, length })),
  );
}

/**
 * What there is for each item of a list: for one in a run what there was for it in the list before, for another one what `make` makes of it.
 */
export function carriedOver<Item, Value>(
  before: readonly Value[],
  items: readonly Item[],
  runs: readonly Run[],
  make: (item: Item) => Value,
): Value[] {
  const made = (from: number, to?: number): Value[] => items.slice(from, to).map((item) => make(item));
  const parts: (readonly Value[])[] = [];
  let next = 0;
  for (const { place, former, length } of runs) {
    if (place > next) parts.push(made(next, place));
    parts.push(before.slice(former, former + length));
    next = place + length;
  }
  if (next < items.length) parts.push(made(next));
  const [first = [], ...rest] = parts as Value[][];
  return rest.length === 0 ? first : first.concat(...rest);
}

/** Whether two lists hold the very same in the same order. */
export function isSameList<T>(left: readonly T[], right: readonly T[]): boolean {
  if (left.length !== right.length) return false;
  for (let place = 0; place < left.length; place++) if (left[place] !== right[place]) return false;
  return true;
}
