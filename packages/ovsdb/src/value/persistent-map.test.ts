import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PersistentMap } from './persistent-map.ts';
import { hashOf } from './trie.ts';

/** Two keys that share all 32 bits of their hash, among others that share some. */
const colliding = ['k32728', 'k261234'] as const;
const key = fc.oneof(fc.constantFrom(...colliding, 'a', 'b'), fc.string({ maxLength: 3 }));
const command = fc.record({
  kind: fc.constantFrom('set' as const, 'delete' as const),
  key,
  value: fc.integer(),
});
const commands = fc.array(command, { maxLength: 200 });
type Commands = readonly { readonly kind: 'set' | 'delete'; readonly key: string; readonly value: number }[];

function run(list: Commands, from = PersistentMap.of<string, number>()): PersistentMap<string, number> {
  return list.reduce(
    (map, { kind, key, value }) =>
      map.edit((draft) => (kind === 'set' ? draft.set(key, value) : draft.delete(key))),
    from,
  );
}

function model(list: Commands, from: ReadonlyMap<string, number> = new Map()): Map<string, number> {
  const map = new Map(from);
  for (const { kind, key, value } of list) {
    if (kind === 'set') map.set(key, value);
    else map.delete(key);
  }
  return map;
}

const byKey = (left: readonly [string, number], right: readonly [string, number]) =>
  left[0] < right[0] ? -1 : 1;
const sorted = (map: ReadonlyMap<string, number>) => [...map].sort(byKey);

test('the colliding keys do collide', () => {
  expect(hashOf(colliding[0])).toBe(hashOf(colliding[1]));
});

test('behaves as a Map under any sequence of changes', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const map = run(list);
      const wanted = model(list);
      expect(sorted(map)).toEqual(sorted(wanted));
      expect(map.size).toBe(wanted.size);
      for (const { key } of list) {
        expect(map.get(key)).toBe(wanted.get(key));
        expect(map.has(key)).toBe(wanted.has(key));
      }
    }),
  );
});

test('many changes in one edit equal the same changes one by one', () => {
  fc.assert(
    fc.property(commands, commands, (first, second) => {
      const start = run(first);
      const together = start.edit((draft) => {
        for (const { kind, key, value } of second) {
          if (kind === 'set') draft.set(key, value);
          else draft.delete(key);
        }
      });
      expect([...together]).toEqual([...run(second, start)]);
      expect(together.size).toBe(run(second, start).size);
    }),
  );
});

test('an edit leaves the map it started from as it was', () => {
  fc.assert(
    fc.property(commands, commands, (first, second) => {
      const start = run(first);
      const before = [...start];
      run(second, start);
      expect([...start]).toEqual(before);
      expect(start.size).toBe(before.length);
    }),
  );
});

test('iteration order depends on the contents only', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const wanted = model(list);
      expect([...run(list)]).toEqual([...PersistentMap.of([...wanted].reverse())]);
    }),
  );
});

test('an edit without effect returns the same map', () => {
  const map = PersistentMap.of<string, number>([['a', 1]]);
  expect(map.edit((draft) => draft.set('a', 1))).toBe(map);
  expect(map.edit((draft) => draft.delete('b'))).toBe(map);
});

test('changesTo states each difference once and nothing else', () => {
  fc.assert(
    fc.property(commands, commands, fc.boolean(), (first, second, related) => {
      const before = run(first);
      const after = related ? run(second, before) : run(second);
      const changes = before.changesTo(after);
      expect(new Set(changes.map((change) => change.key)).size).toBe(changes.length);
      const patched = before.edit((draft) => {
        for (const { key, before: old, after: value } of changes) {
          expect(old).toBe(before.get(key));
          expect(value).not.toBe(old);
          if (value === undefined) draft.delete(key);
          else draft.set(key, value);
        }
      });
      expect([...patched]).toEqual([...after]);
    }),
  );
});
