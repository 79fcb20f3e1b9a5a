import { PersistentMap } from './persistent-map.ts';
import type { Atom } from './value.ts';

/** What one set has and the other has not. */
export type SetChange<T> = { readonly added: readonly T[]; readonly removed: readonly T[] };

/**
 * An immutable set of atoms. Adding or removing one costs O(log n) and shares the rest.
 * It stands wherever a `ReadonlySet` does; the set methods that make new sets return ordinary ones.
 */
export class PersistentSet<T extends Atom> implements ReadonlySet<T> {
  readonly #members: PersistentMap<T, true>;

  private constructor(members: PersistentMap<T, true>) {
    this.#members = members;
  }

  static of<T extends Atom>(atoms: Iterable<T> = []): PersistentSet<T> {
    if (atoms instanceof PersistentSet) return atoms;
    return new PersistentSet(
      PersistentMap.of<T, true>().edit((draft) => {
        for (const atom of atoms) draft.set(atom, true);
      }),
    );
  }

  get size(): number {
    return this.#members.size;
  }

  has(atom: T): boolean {
    return this.#members.has(atom);
  }

  /** This set with `added` and without `removed`; this very set when nothing changes. */
  with(added: Iterable<T>, removed: Iterable<T> = []): PersistentSet<T> {
    return this.#derive((draft) => {
      for (const atom of removed) draft.delete(atom);
      for (const atom of added) draft.set(atom, true);
    });
  }

  /** This set with each of `atoms` removed if present and added if not (the symmetric difference). */
  toggle(atoms: Iterable<T>): PersistentSet<T> {
    return this.#derive((draft) => {
      for (const atom of atoms) {
        if (draft.get(atom) === undefined) draft.set(atom, true);
        else draft.delete(atom);
      }
    });
  }

  /** Where `after` differs from this set, at the cost of what the two do not share. */
  changesTo(after: PersistentSet<T>): SetChange<T> {
    const changes = this.#members.changesTo(after.#members);
    return {
      added: changes.filter((change) => change.after).map((change) => change.key),
      removed: changes.filter((change) => change.before).map((change) => change.key),
    };
  }

  equals(other: PersistentSet<T>): boolean {
    return this.size === other.size && this.#members.changesTo(other.#members).length === 0;
  }

  *entries(): Generator<[T, T], undefined, unknown> {
    for (const atom of this.#members.keys()) yield [atom, atom];
  }

  keys(): Generator<T, undefined, unknown> {
    return this.#members.keys();
  }

  values(): Generator<T, undefined, unknown> {
    return this.#members.keys();
  }

  [Symbol.iterator](): Generator<T, undefined, unknown> {
    return this.#members.keys();
  }

  forEach(visit: (value: T, again: T, set: ReadonlySet<T>) => void): void {
    for (const atom of this) visit(atom, atom, this);
  }

  union<U>(other: ReadonlySetLike<U>): Set<T | U> {
    return new Set<T>(this).union(other);
  }

  intersection<U>(other: ReadonlySetLike<U>): Set<T & U> {
    return new Set<T>(this).intersection(other);
  }

  difference<U>(other: ReadonlySetLike<U>): Set<T> {
    return new Set<T>(this).difference(other);
  }

  symmetricDifference<U>(other: ReadonlySetLike<U>): Set<T | U> {
    return new Set<T>(this).symmetricDifference(other);
  }

  isSubsetOf(other: ReadonlySetLike<unknown>): boolean {
    return new Set<T>(this).isSubsetOf(other);
  }

  isSupersetOf(other: ReadonlySetLike<unknown>): boolean {
    return new Set<T>(this).isSupersetOf(other);
  }

  isDisjointFrom(other: ReadonlySetLike<unknown>): boolean {
    return new Set<T>(this).isDisjointFrom(other);
  }

  #derive(change: Parameters<PersistentMap<T, true>['edit']>[0]): PersistentSet<T> {
    const members = this.#members.edit(change);
    return members === this.#members ? this : new PersistentSet(members);
  }
}
