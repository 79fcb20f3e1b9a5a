/**
 * A map whose keys are in order. A copy of it costs two short copies of memory, where one of a `Map` puts thousands of keys in their places
 * again.
 */
export class SortedEntries<E> implements ReadonlyMap<string, E> {
  readonly #keys: string[];
  readonly #entries: E[];

  private constructor(keys: string[], entries: E[]) {
    this.#keys = keys;
    this.#entries = entries;
  }

  static of<E>(entries: ReadonlyMap<string, E> = new Map()): SortedEntries<E> {
    const sorted = [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
    return new SortedEntries(
      sorted.map(([key]) => key),
      sorted.map(([, entry]) => entry),
    );
  }

  /** The entries in the order of their keys. Not to be kept beyond the next change. */
  get list(): readonly E[] {
    return this.#entries;
  }

  copy(): SortedEntries<E> {
    return new SortedEntries(this.#keys.slice(), this.#entries.slice());
  }

  set(key: string, entry: E): void {
    const place = this.#placeOf(key);
    if (this.#keys[place] === key) this.#entries[place] = entry;
    else {
      this.#keys.splice(place, 0, key);
      this.#entries.splice(place, 0, entry);
    }
  }

  delete(key: string): void {
    const place = this.#placeOf(key);
    if (this.#keys[place] !== key) return;
    this.#keys.splice(place, 1);
    this.#entries.splice(place, 1);
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): E | undefined {
    const place = this.#placeOf(key);
    return this.#keys[place] === key ? this.#entries[place] : undefined;
  }

  has(key: string): boolean {
    return this.#keys[this.#placeOf(key)] === key;
  }

  keys(): ArrayIterator<string> {
    return this.#keys.values();
  }

  values(): ArrayIterator<E> {
    return this.#entries.values();
  }

  *entries(): Generator<[string, E], undefined> {
    for (const [place, entry] of this.#entries.entries()) yield [this.#keys[place] ?? '', entry];
  }

  [Symbol.iterator](): Generator<[string, E], undefined> {
    return this.entries();
  }

  forEach(visit: (entry: E, key: string, map: ReadonlyMap<string, E>) => void): void {
    for (const [key, entry] of this) visit(entry, key, this);
  }

  /** Of a key, or the one it would have. */
  #placeOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
