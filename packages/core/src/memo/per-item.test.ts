import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { grouping } from './grouping.ts';
import { indexing } from './indexing.ts';
import { differenceOf, formerPlaces, runsOf } from './list-difference.ts';
import { choosing, gathering, keeping, perItem, perItemBeside, picking } from './per-item.ts';
import { repeatedKeys } from './repeated-keys.ts';

type Item = { readonly key: string };

/** Objects of which several have one key, each in a list at most once. */
const items: readonly Item[] = Array.from({ length: 12 }, (_, place) => ({ key: `k${place % 5}` }));
const anyList = fc.shuffledSubarray([...items]);
/** Mostly in one order, as lists that are sorted are. */
const list = fc.oneof(fc.subarray([...items]), anyList);
const lists = fc.array(list, { minLength: 1, maxLength: 6 });

test('the place that an item had is where it was', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const places = formerPlaces(before, after);
      const known = after.filter((_, place) => places[place] !== -1);
      expect(known).toEqual([...places].filter((place) => place >= 0).map((place) => before[place]));
    }),
  );
});

test('the difference of two lists in one order is what only one of them has', () => {
  const sorted = fc.subarray([...items]);
  fc.assert(
    fc.property(sorted, sorted, (before, after) => {
      expect(differenceOf(before, after)).toEqual({
        gone: before.filter((item) => !after.includes(item)),
        come: after.filter((item) => !before.includes(item)),
      });
    }),
  );
});

test('what goes and what comes makes of one list the other, whatever their order', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { gone, come } = differenceOf(before, after);
      const left = new Set(before);
      for (const item of gone) expect(left.delete(item)).toBe(true);
      for (const item of come) left.add(item);
      expect(left).toEqual(new Set(after));
    }),
  );
});

test('the answers about lists, one made of the other, change as their runs say, and those that stay are the same list', () => {
  // Of each key two objects that get the same answer, as an object does of which only the status changed.
  const twins = [0, 1].map(() => Array.from({ length: 8 }, (_, key) => ({ key: `${key}` })));
  const said = Array.from({ length: 8 }, (_, key) => ({ key: `${key}` }));
  const order = fc.oneof(
    fc.subarray([...said.keys()]),
    fc.shuffledSubarray([...said.keys()]).filter(({ length }) => length > 0),
  );
  const step = fc.record({ order, which: fc.infiniteStream(fc.nat(1)), near: fc.nat(8) });
  const first = perItem(({ key }: Item) => said[Number(key)] as Item);
  const second = perItemBeside(
    ({ key }: Item, near: number) => ({ isNear: Number(key) === near }),
    (item, { isNear }, _: object) => (isNear ? { key: `near ${item.key}` } : item),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const asker = {};
      let [before, nearBefore]: (readonly Item[])[] = [[], []];
      for (const { order, which, near } of steps) {
        const list = order.map((key) => twins[which.next().value ?? 0]?.[key] as Item);
        const answers = first(asker, list, {});
        expectToldApart(before ?? [], answers);
        const nearby = second(asker, answers, {}, near);
        expectToldApart(nearBefore ?? [], nearby);
        [before, nearBefore] = [answers, nearby];
      }
    }),
  );
});

/** What is said to be in both lists is there, and nothing else, where they are in one order; in another it may be said to have come anew. */
function expectToldApart(before: readonly Item[], after: readonly Item[]): void {
  for (const { place, former, length } of runsOf(before, after))
    expect(after.slice(place, place + length)).toEqual(before.slice(former, former + length));
  const places = formerPlaces(before, after);
  for (const [place, item] of after.entries())
    if (places[place] !== -1) expect(item).toBe(before[places[place] as number]);
  const left = new Set(before);
  const { gone, come } = differenceOf(before, after);
  for (const item of gone) expect(left.delete(item)).toBe(true);
  for (const item of come) left.add(item);
  expect(left).toEqual(new Set(after));
}

test('what follows a list of which an item changed, and not the answer about it, is the very same', () => {
  const name = perItem(({ key }: Item) => names[Number(key)] as Item);
  const names = Array.from({ length: 9 }, (_, key) => ({ key: `${key}` }));
  const follow = perItem(({ key }: Item) => ({ key }));
  const list = names.map(({ key }) => ({ key }));
  const asker = {};
  for (const place of [0, 4, 8]) {
    const before = follow(asker, name(asker, list, {}), {});
    const changed = list.with(place, { key: `${place}` });
    expect(follow(asker, name(asker, changed, {}), {})).toBe(before);
  }
});

test('an item of thousands that comes, goes or changes is the only one asked about', () => {
  const answer = vi.fn(({ key }: Item, { by }: { readonly by: string }) => ({ said: `${key} ${by}` }));
  const ask = perItem(answer);
  const [asker, thousands] = [{}, Array.from({ length: 2_000 }, (_, place) => ({ key: `${place}` }))];
  const first = ask(asker, thousands, { by: 'x' });
  answer.mockClear();
  const come = { key: 'new' };
  const steps = [
    thousands.toSpliced(700, 0, come),
    thousands.toSpliced(700, 1),
    thousands.toSpliced(700, 1, come),
    [...thousands],
  ];
  for (const step of steps) ask(asker, step, { by: 'x' });
  expect(answer.mock.calls.map(([{ key }]) => key)).toEqual(['new', 'new', '700']);
  answer.mockClear();
  expect(ask(asker, [...thousands], { by: 'x' })).toBe(ask(asker, thousands, { by: 'x' }));
  expect(answer).not.toHaveBeenCalled();
  expect(ask(asker, thousands, { by: 'y' })).not.toEqual(first);
  expect(answer).toHaveBeenCalledTimes(thousands.length);
});

test('answers are what they are without a memory, whatever is found beside the items', () => {
  const beside = fc.array(fc.constantFrom('a', 'b'), { minLength: 5, maxLength: 5 });
  const ask = perItemBeside(
    ({ key }: Item, near: readonly string[]) => ({ found: near[Number(key.slice(1))] }),
    ({ key }, { found }, { by }: { readonly by: number }) => `${key} ${found} ${by}`,
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(list, beside, fc.nat(1))), (steps) => {
      const asker = {};
      for (const [some, near, by] of steps)
        expect(ask(asker, some, { by }, near)).toEqual(ask({}, some, { by }, near));
    }),
  );
});

test('answers are what they are without a memory where it is told of which items something else may be found', () => {
  const beside = fc.array(fc.constantFrom('a', 'b', 'unsure'), { minLength: 5, maxLength: 5 });
  const besideOf = vi.fn(({ key }: Item, near: readonly string[]) => ({ found: near[Number(key.slice(1))] }));
  const ask = perItemBeside(
    besideOf,
    ({ key }, { found }, { by }: { readonly by: number }) => `${key} ${found} ${by}`,
    {
      // Of an item for which it is not sure nothing is told, and nobody can tell of more than a few.
      mayDiffer: (before, now) => {
        const others = items.filter(({ key }) => {
          const at = Number(key.slice(1));
          return before[at] !== 'unsure' && before[at] !== now[at];
        });
        return others.length > 8 ? undefined : new Set(others);
      },
      isUnsure: ({ found }) => found === 'unsure',
    },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(list, beside, fc.nat(1))), (steps) => {
      const asker = {};
      for (const [some, near, by] of steps)
        expect(ask(asker, some, { by }, near)).toEqual(ask({}, some, { by }, near));
    }),
  );
  const [asker, near] = [{}, ['a', 'a', 'a', 'unsure', 'a']];
  const first = ask(asker, items, { by: 0 }, near);
  besideOf.mockClear();
  expect(ask(asker, [...items], { by: 0 }, ['a', 'a', 'a', 'unsure', 'a'])).toBe(first);
  expect(besideOf.mock.calls.map(([{ key }]) => key)).toEqual(['k3', 'k3']);
});

test('groups, what is said, what there is and an index are what they are without a memory', () => {
  const [group, index] = [grouping(({ key }: Item) => key), indexing(({ key }: Item) => key)];
  const gather = gathering(({ key }: Item) => (key > 'k2' ? [key, 'said'] : []));
  const choose = choosing(({ key }: Item) => (key === 'k3' ? undefined : key));
  fc.assert(
    fc.property(lists, (steps) => {
      const asker = {};
      let former: ReturnType<typeof group> = new Map();
      let older = index(asker, []);
      for (const [at, step] of steps.entries()) {
        const byKey = Map.groupBy(step, ({ key }) => key);
        const groups = group(asker, step);
        expect([...groups].map(([key, { items: own }]) => [key, own])).toEqual([...byKey]);
        for (const [key, each] of groups) expect([undefined, each.asker]).toContain(former.get(key)?.asker);
        former = groups;
        for (const key of ['k0', 'k1', 'k2', 'k3', 'k4', 'k5']) {
          expect(index(asker, step)(key)).toEqual(byKey.get(key) ?? []);
          const ofBefore = (steps[at - 1] ?? []).filter((item) => item.key === key);
          expect(older(key)).toEqual(ofBefore);
        }
        older = index(asker, step);
        expect(gather(asker, step)).toEqual(step.flatMap(({ key }) => (key > 'k2' ? [key, 'said'] : [])));
        expect(choose(asker, step)).toEqual(step.map(({ key }) => key).filter((key) => key !== 'k3'));
      }
    }),
  );
  const asker = {};
  const before = group(asker, items).get('k0');
  expect(
    group(
      asker,
      items.filter(({ key }) => key !== 'k1'),
    ).get('k0'),
  ).toBe(before);
});

test('what one asker was told is nothing to another', () => {
  const answer = vi.fn(({ key }: Item) => key);
  const ask = perItem(answer);
  ask({}, items, {});
  ask({}, items, {});
  expect(answer).toHaveBeenCalledTimes(2 * items.length);
});

test('keys that several have are found whatever was counted before', () => {
  const repeated = repeatedKeys(({ key }: Item) => [key, 'of all']);
  fc.assert(
    fc.property(lists, (steps) => {
      const asker = {};
      for (const step of steps) {
        const keys = step.flatMap(({ key }) => [key, 'of all']);
        const several = keys.filter((key) => keys.indexOf(key) !== keys.lastIndexOf(key));
        expect(repeated(asker, step)).toEqual(new Set(several));
      }
    }),
  );
});

test('a value is kept while the next one is equal to it', () => {
  const keep = keeping((before: Item, after: Item) => before.key === after.key);
  const [asker, first, like, other] = [{}, { key: 'a' }, { key: 'a' }, { key: 'b' }];
  expect([keep(asker, first), keep(asker, like)]).toEqual([first, first]);
  expect(keep(asker, like)).toBe(first);
  expect(keep(asker, other)).toBe(other);
  expect(keep({}, like)).toBe(like);
});

test('the items that something holds of are found whatever was asked before, and are the same list while they are', () => {
  const isPicked = ({ key }: Item): boolean => key === 'k3';
  const pick = picking(isPicked);
  fc.assert(
    fc.property(lists, (steps) => {
      const asker = {};
      for (const step of steps) expect(pick(asker, step)).toEqual(step.filter(isPicked));
    }),
  );
  const [asker, one] = [{}, { key: 'k3' }];
  const first = pick(asker, [...items, one]);
  expect(pick(asker, [one, ...items.slice(1)])).not.toBe(first);
  const second = pick(asker, [...items, one]);
  expect(pick(asker, [{ key: 'k1' }, ...items, one])).toBe(second);
});
