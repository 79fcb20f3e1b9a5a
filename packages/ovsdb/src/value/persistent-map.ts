import { type Edit, find, hashOf, leaves, type Node, put, remove } from './trie.ts';
import { differingLeaves } from './trie-difference.ts';
import type { Atom } from './value.ts';

/** The changes one call of `PersistentMap.edit` may make. Of no use after that call. */
export type MapDraft<K extends Atom, V> = {
  set(key: K, value: V): void;
  delete(key: K): void;
  get(key: K): V | undefined;
};

/** A key whose value differs between two maps; `undefined` on the side that does not have the key. */
export type MapChange<K extends Atom, V> = {
  readonly key: K;
  readonly before: V | undefined;
  readonly after: V | undefined;
};

/**
 * An immutable map. Changing one key costs O(log n) and shares the rest with the map it was made from.
 * Iteration order depends on the contents only.
 */
export class PersistentMap<K extends Atom, V> implements ReadonlyMap<K, V> {
  readonly #root: Node<K, V> | undefined;
  readonly size: number;

  private constructor(root: Node<K, V> | undefined, size: number) {
    this.#root = root;
    this.size = size;
  }

  static of<K extends Atom, V>(entries: Iterable<readonly [K, V]> = []): PersistentMap<K, V> {
    return new PersistentMap<K, V>(undefined, 0).edit((draft) => {
      for (const [key, value] of entries) draft.set(key, value);
    });
  }

  get(key: K): V | undefined {
    return find(this.#root, hashOf(key), key)?.value;
  }

  has(key: K): boolean {
    return find(this.#root, hashOf(key), key) !== undefined;
  }

  /** This map with the changes that `change` makes; this very map when it makes none. */
  edit(change: (draft: MapDraft<K, V>) => void): PersistentMap<K, V> {
    let root = this.#root;
    const edit: Edit = { size: this.size };
    change({
      set: (key, value) => {
        root = put(root, 0, { kind: 'leaf', hash: hashOf(key), key, value, next: undefined }, edit);
      },
      delete: (key) => {
        root = remove(root, 0, hashOf(key), key, edit);
      },
      get: (key) => find(root, hashOf(key), key)?.value,
    });
    return root === this.#root ? this : new PersistentMap(root, edit.size);
  }

  /** Where `after` differs from this map, at the cost of what the two do not share. */
  changesTo(after: PersistentMap<K, V>): readonly MapChange<K, V>[] {
    return differingLeaves(this.#root, after.#root);
  }

  *entries(): Generator<[K, V], undefined, unknown> {
    for (const leaf of leaves(this.#root)) yield [leaf.key, leaf.value];
  }

  *keys(): Generator<K, undefined, unknown> {
    for (const leaf of leaves(this.#root)) yield leaf.key;
  }

  *values(): Generator<V, undefined, unknown> {
    for (const leaf of leaves(this.#root)) yield leaf.value;
  }

  [Symbol.iterator](): Generator<[K, V], undefined, unknown> {
    return this.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }
}
