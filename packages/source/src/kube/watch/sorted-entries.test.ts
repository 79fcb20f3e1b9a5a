import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedEntries } from './sorted-entries.ts';

const key = fc.constantFrom('/a', '/a-b', '/b', 'a/b', 'a-b/c', 'z/z');
const step = fc.record({ key, value: fc.option(fc.nat(9), { nil: undefined }) });

test('is a map in the order of its keys, and a copy of it stays as it was', () => {
  fc.assert(
    fc.property(fc.array(step), fc.array(step), (first, rest) => {
      const model = new Map<string, number>();
      const play = (entries: SortedEntries<number>, steps: typeof first): void => {
        for (const { key: name, value } of steps) {
          if (value === undefined) entries.delete(name);
          else entries.set(name, value);
          if (value === undefined) model.delete(name);
          else model.set(name, value);
          expect(entries.get(name)).toBe(value);
          expect(entries.has(name)).toBe(value !== undefined);
        }
      };
      const entries = SortedEntries.of<number>();
      play(entries, first);
      const [before, copy] = [[...entries], entries.copy()];
      play(entries, rest);
      expect([...copy]).toEqual(before);
      const sorted = [...model].sort(([left], [right]) => (left < right ? -1 : 1));
      expect([...entries]).toEqual(sorted);
      expect([...entries.keys()]).toEqual(sorted.map(([name]) => name));
      expect([...entries.values()]).toEqual(sorted.map(([, value]) => value));
      expect([...SortedEntries.of(model)]).toEqual(sorted);
      expect(entries.size).toBe(model.size);
    }),
  );
});
