import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullName, NamedObjects } from './named-objects.ts';

type Named = { readonly metadata: { readonly name: string; readonly namespace?: string } };

const object = fc
  .tuple(fc.constantFrom('a', 'a-b', 'b', 'c'), fc.constantFrom(undefined, 'n', 'n-m'))
  .map(([name, namespace]): Named => ({ metadata: { name, ...(namespace !== undefined && { namespace }) } }));

/** Objects with different names, mostly in order; of a following list some are the very same. */
const list = fc.uniqueArray(object, { selector: fullName, maxLength: 10 });
const inOrder = list.map((all) => all.toSorted((left, right) => (fullName(left) < fullName(right) ? -1 : 1)));
const steps = fc.array(fc.tuple(fc.oneof(inOrder, list), fc.nat(3)), { minLength: 1, maxLength: 6 });

/** The next list: most of what is called as something before is the very same. */
function following(before: readonly Named[], next: readonly Named[], differing: number): readonly Named[] {
  return next.map((each, place) => {
    const known = before.find((other) => fullName(other) === fullName(each));
    return known && place % 4 !== differing ? known : each;
  });
}

function expectSame(index: NamedObjects<Named>, objects: readonly Named[]): void {
  const sorted = objects.toSorted((left, right) => (fullName(left) < fullName(right) ? -1 : 1));
  expect([...index.values()]).toEqual(sorted);
  expect([...index]).toEqual(sorted.map((each) => [fullName(each), each]));
  expect([...index.keys()]).toEqual(sorted.map(fullName));
  expect(index.size).toBe(objects.length);
  for (const each of sorted) expect(index.get(fullName(each))).toBe(each);
  const names = new Set(sorted.map(fullName));
  for (const name of ['a', 'a-b', 'b', 'c', 'n/a', 'n/c', 'n-m/a'])
    expect(index.has(name)).toBe(names.has(name));
}

test('an index that is amended from list to list says what one of the last list says', () => {
  fc.assert(
    fc.property(steps, (all) => {
      let objects: readonly Named[] = [];
      let index = NamedObjects.of(objects);
      for (const [next, differing] of all) {
        const [before, former] = [index, objects];
        objects = following(objects, next, differing);
        index = index.amended(objects);
        expectSame(index, objects);
        expectSame(before, former);
      }
    }),
  );
});

test('of several objects of one name the last counts, as in a map', () => {
  const [one, other] = [{ metadata: { name: 'a' } }, { metadata: { name: 'a' } }];
  const index = NamedObjects.of([one, other]);
  expect([...index.values()]).toEqual([other]);
  expect(index.get('a')).toBe(other);
});
