import { ipSet, parseIp } from '@berth/net';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { NamedObjects } from '../intent/object/named-objects.ts';
import { eip } from '../testing/resources.ts';
import { addressesBySubnet } from './address.ts';
import { lookingAgain } from './unsettled.ts';

const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9'];

/** EIPs of which several have one address. */
const eips = Array.from({ length: 8 }, (_, place) => ({
  ...eip(`e${place}`, { externalSubnet: place % 3 === 0 ? 'other' : '' }),
  status: { v4Ip: addresses[place % 4] ?? '' },
}));

test('addresses in use are counted by what changed as by everything', () => {
  const none = { IP: new Map(), Vip: new Map() };
  const moment = fc.tuple(fc.subarray(eips), fc.constantFrom('external', 'other'));
  fc.assert(
    fc.property(fc.array(moment), (moments) => {
      const asker = {};
      for (const [some, defaultSubnet] of moments) {
        const found = addressesBySubnet(asker, { OvnEip: NamedObjects.of(some), ...none }, defaultSubnet);
        const bySubnet = Map.groupBy(some, ({ spec }) => spec.externalSubnet || defaultSubnet);
        const expected = [...bySubnet].map(([subnet, own]) => [
          subnet,
          ipSet(own.flatMap(({ status }) => parseIp(status.v4Ip) ?? [])),
        ]);
        expect(found).toEqual(new Map(expected as [string, ReturnType<typeof ipSet>][]));
      }
    }),
  );
});

type Item = { readonly metadata: { readonly name: string } };
type Beside = { readonly of: string };

test('what is settled is looked at again once it, or something beside it, is another', () => {
  const items = ['a', 'b', 'c', 'd'].map((name): Item => ({ metadata: { name } }));
  const again = lookingAgain<Item, Beside>(({ of }) => of);
  const looked = vi.fn(({ metadata }: Item) => metadata.name !== 'd');
  const [asker, ofA, ofB] = [{}, { of: 'a' }, { of: 'b' }];
  const names = (
    some: readonly Item[],
    followed: readonly Beside[],
    always: readonly string[] = [],
    by = 0,
  ) => {
    looked.mockClear();
    again(asker, some, { others: { by }, followed: [followed], always: new Set(always) }, looked);
    return looked.mock.calls.map(([{ metadata }]) => metadata.name);
  };
  expect(names(items, [ofA])).toEqual(['a', 'b', 'c', 'd']);
  // What is not settled is looked at each time.
  expect(names(items, [ofA])).toEqual(['d']);
  expect(names(items, [ofB])).toEqual(['a', 'b', 'd']);
  expect(names(items, [ofB], ['c'])).toEqual(['c', 'd']);
  expect(names(items.toSpliced(1, 1, { metadata: { name: 'b' } }), [ofB])).toEqual(['b', 'd']);
  expect(names(items, [ofB], [], 1)).toEqual(['a', 'b', 'c', 'd']);
});

test('nothing is taken for settled that was not looked at because looking failed', () => {
  const item: Item = { metadata: { name: 'a' } };
  const again = lookingAgain<Item, Beside>(({ of }) => of);
  const asker = {};
  const look = (followed: readonly Beside[], each: (item: Item) => boolean): void =>
    again(asker, [item], { others: {}, followed: [followed], always: new Set() }, each);
  look([], () => true);
  const changed = [{ of: 'a' }];
  expect(() =>
    look(changed, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  const looked = vi.fn(() => true);
  look(changed, looked);
  expect(looked).toHaveBeenCalledTimes(1);
});
