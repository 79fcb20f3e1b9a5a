import { leftFrom, newAmong, type Run, runsOf } from '../../memo/list-difference.ts';

type Named = { readonly metadata: { readonly name: string; readonly namespace?: string | undefined } };

/** After so many changes an index is made anew. */
const mostOthers = 500;

/** `namespace/name`, or the bare name of a cluster-scoped object. */
export function fullName({ metadata }: Named): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** A list of objects in the order of their names, and an index of it. One that is amended costs what changed. */
export class NamedObjects<T extends Named> implements ReadonlyMap<string, T> {
  readonly list: readonly T[];
  /** An index of a list that was before this one. */
  readonly #base: ReadonlyMap<string, T>;
  /** What is otherwise: undefined where there is nothing of a name any more. */
  readonly #others: ReadonlyMap<string, T | undefined>;

  private constructor(
    list: readonly T[],
    base: ReadonlyMap<string, T>,
    others: ReadonlyMap<string, T | undefined> = new Map(),
  ) {
    this.list = list;
    this.#base = base;
    this.#others = others;
  }

  /** Of objects in any order. Of several of one name the last counts. */
  static of<T extends Named>(objects: readonly T[]): NamedObjects<T> {
    const named = objects.map((each) => [fullName(each), each] as const);
    const isSorted = named.every(([name], place) => place === 0 || (named[place - 1]?.[0] ?? '') < name);
    if (isSorted) return new NamedObjects(objects, new Map(named));
    const sorted = [...new Map(named)].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    return new NamedObjects(
      sorted.map(([, each]) => each),
      new Map(sorted),
    );
  }

  /** The index of a list that is much as this one, at the cost of where it is not. */
  amended(list: readonly T[]): NamedObjects<T> {
    const runs = runsOf(this.list, list);
    if (!isPlain(list, runs)) return NamedObjects.of(list);
    const others = new Map(this.#others);
    for (const each of leftFrom(this.list, runs)) others.set(fullName(each), undefined);
    for (const each of newAmong(list, runs)) others.set(fullName(each), each);
    return others.size > mostOthers ? NamedObjects.of(list) : new NamedObjects(list, this.#base, others);
  }

  /** The same with others in the places of objects of the same names, at the cost of their number. */
  replaced(objects: readonly T[]): NamedObjects<T> {
    const list = [...this.list];
    const others = new Map(this.#others);
    for (const each of objects) {
      const name = fullName(each);
      list[placeOf(list, name)] = each;
      others.set(name, each);
    }
    return others.size > mostOthers ? NamedObjects.of(list) : new NamedObjects(list, this.#base, others);
  }

  get size(): number {
    return this.list.length;
  }

  get(name: string): T | undefined {
    return this.#others.get(name) ?? (this.#others.has(name) ? undefined : this.#base.get(name));
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  values(): ArrayIterator<T> {
    return this.list.values();
  }

  *keys(): Generator<string, undefined> {
    for (const each of this.list) yield fullName(each);
  }

  *entries(): Generator<[string, T], undefined> {
    for (const each of this.list) yield [fullName(each), each];
  }

  [Symbol.iterator](): Generator<[string, T], undefined> {
    return this.entries();
  }

  forEach(visit: (value: T, key: string, map: ReadonlyMap<string, T>) => void): void {
    for (const each of this.list) visit(each, fullName(each), this);
  }
}

/** Whether what stayed of a list is in the order it was in, and what came is in its place. */
function isPlain(list: readonly Named[], runs: readonly Run[]): boolean {
  let [next, nextFormer] = [0, 0];
  for (const { place, former, length } of [
    ...runs,
    { place: list.length, former: nothingAfter, length: 0 },
  ]) {
    if (former < nextFormer) return false;
    for (; next < place; next++) if (!isInOrder(list, next)) return false;
    next = place + length;
    nextFormer = former + length;
  }
  return true;
}

const nothingAfter = Number.POSITIVE_INFINITY;

/** The place of a name in a list that is in the order of names; where it is not in it, the one it would have. */
function placeOf(list: readonly Named[], name: string): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = list[middle];
    if (there && fullName(there) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an object of a list comes after the one before it and before the one after it. */
function isInOrder(list: readonly Named[], place: number): boolean {
  const [before, here, after] = [list[place - 1], list[place], list[place + 1]];
  if (!here) return false;
  const name = fullName(here);
  return (!before || fullName(before) < name) && (!after || name < fullName(after));
}
