import type { Atom } from './value.ts';

/** The order in which atoms of one type are written out: numbers by size, strings by code unit, false before true. */
export function compareAtoms(left: Atom, right: Atom): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The atoms of a set in `compareAtoms` order. */
export function sortedAtoms(atoms: Iterable<Atom>): readonly Atom[] {
  return [...atoms].sort(compareAtoms);
}

/** The pairs of a map in the order of their keys. */
export function sortedPairs(pairs: Iterable<readonly [Atom, Atom]>): readonly (readonly [Atom, Atom])[] {
  return [...pairs].sort(([left], [right]) => compareAtoms(left, right));
}
