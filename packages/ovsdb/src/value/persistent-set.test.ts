import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PersistentSet } from './persistent-set.ts';

const atoms = fc.array(fc.integer({ min: 0, max: 60 }));

test('toggle is the symmetric difference', () => {
  fc.assert(
    fc.property(atoms, atoms, (left, right) => {
      const toggled = PersistentSet.of(left).toggle(new Set(right));
      expect(new Set(toggled)).toEqual(new Set(left).symmetricDifference(new Set(right)));
    }),
  );
});

test('with adds and removes, what is in both ends up inside', () => {
  fc.assert(
    fc.property(atoms, atoms, atoms, (start, added, removed) => {
      const wanted = new Set(start).difference(new Set(removed)).union(new Set(added));
      expect(new Set(PersistentSet.of(start).with(added, removed))).toEqual(wanted);
    }),
  );
});

test('changesTo lists what was gained and lost', () => {
  fc.assert(
    fc.property(atoms, atoms, (left, right) => {
      const { added, removed } = PersistentSet.of(left).changesTo(PersistentSet.of(right));
      expect(new Set(added)).toEqual(new Set(right).difference(new Set(left)));
      expect(new Set(removed)).toEqual(new Set(left).difference(new Set(right)));
    }),
  );
});

test('has the methods of a ReadonlySet', () => {
  const set: ReadonlySet<number> = PersistentSet.of([1, 2]);
  const other = new Set([2, 3]);
  const visited: number[] = [];
  set.forEach((atom) => {
    visited.push(atom);
  });
  expect(visited.sort()).toEqual([1, 2]);
  expect([...set.entries()].sort()).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect([...set.keys()]).toEqual([...set.values()]);
  expect(set.union(other)).toEqual(new Set([1, 2, 3]));
  expect(set.intersection(other)).toEqual(new Set([2]));
  expect(set.difference(other)).toEqual(new Set([1]));
  expect(set.symmetricDifference(other)).toEqual(new Set([1, 3]));
  expect([set.isSubsetOf(other), set.isSupersetOf(new Set([1])), set.isDisjointFrom(new Set([9]))]).toEqual([
    false,
    true,
    true,
  ]);
  expect(new Set([1]).isSubsetOf(set)).toBe(true);
});
