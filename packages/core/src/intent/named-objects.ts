import { formerPlaces } from '../memo/list-difference.ts';

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
    const places = formerPlaces(this.list, list);
    const left = new Uint8Array(this.list.length);
    let last = -1;
    let isPlain = true;
    for (const [place, former] of places.entries()) {
      isPlain &&= former < 0 ? isInOrder(list, place) : former > last;
      if (former < 0) continue;
      last = former;
      left[former] = 1;
    }
    if (!isPlain) return NamedObjects.of(list);
    const others = new Map(this.#others);
    for (const each of this.list.filter((_, place) => left[place] === 0))
      others.set(fullName(each), undefined);
    for (const each of list.filter((_, place) => places[place] === -1)) others.set(fullName(each), each);
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

/** Whether an object of a list comes after the one before it and before the one after it. */
function isInOrder(list: readonly Named[], place: number): boolean {
  const [before, here, after] = [list[place - 1], list[place], list[place + 1]];
  if (!here) return false;
  const name = fullName(here);
  return (!before || fullName(before) < name) && (!after || name < fullName(after));
}
