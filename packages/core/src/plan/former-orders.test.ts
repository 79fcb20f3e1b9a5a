import { formerOrderPrefix, ownerKey } from '@berth/api';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { RowChange } from '../fabric/row-change.ts';
import type { Change } from './change.ts';
import { formerOrderChanges } from './former-orders.ts';

const id = (digit: number): Uuid => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;
const [port, keeper, first, second] = [id(1), id(2), id(3), id(4)];

/** A router port with the gateways G, then S, and the keeper, with the orders it remembers. */
function nbWith(orders: Readonly<Record<string, string>> = {}) {
  const ids = Object.entries(orders).map(([key, value]) => [`${formerOrderPrefix}${key}`, value] as const);
  return snapshotOf<NbTables>(nbSchema, {
    Logical_Router_Port: [
      {
        ...{ _uuid: port as never, name: 'vpc1-out' },
        gateway_chassis: new Set([keeper, first, second]) as never,
        external_ids: new Map([...ids, [ownerKey, 'default']]),
      },
    ],
    Gateway_Chassis: [
      { _uuid: keeper as never, name: 'k', chassis_name: 'berth-keeper', priority: 0 },
      { _uuid: first as never, name: 'g', chassis_name: 'G', priority: 100 },
      { _uuid: second as never, name: 's', chassis_name: 'S', priority: 99 },
    ],
  });
}

const sbWith = (...done: readonly number[]) =>
  snapshotOf<SbTables>(sbSchema, {
    Chassis_Private: done.map((nb_cfg, place) => ({ name: `c${place}`, nb_cfg })),
  });

function change(verb: Change['verb'], uuid: Uuid, columns: Change['columns'] = {}): Change {
  const rest = { key: ['a'], unit: 'vpc/vpc1', cause: undefined, origins: [], interrupts: null };
  return { db: 'NB', verb, table: 'Gateway_Chassis', uuid, columns, ...rest };
}

const swap = [change('update', first, { priority: { old: 100, new: 98 } })];
const at = (number: number, isAfter = false): RowChange => ({ number, isAfter });
const noted = (nb: ReturnType<typeof nbWith>, sb = sbWith(7, 7), when = at(8), changes = swap) =>
  formerOrderChanges(changes, when, nb, sb).map(({ added, dropped }) => [
    Object.fromEntries(added),
    [...dropped],
  ]);
const key = (text: string): string => `${formerOrderPrefix}${text}`;

test('a change of the order is remembered with what was before, and only that', () => {
  expect(noted(nbWith())).toEqual([[{ [key('8')]: 'G S' }, []]]);
  expect(noted(nbWith(), sbWith(7), at(7, true))).toEqual([[{ [key('>7')]: 'G S' }, []]]);
  const same = [change('update', first, { priority: { old: 100, new: 120 } })];
  expect(noted(nbWith(), sbWith(7), at(8), same)).toEqual([]);
  expect(noted(nbWith(), sbWith(7), at(8), [change('delete', keeper)])).toEqual([]);
  expect(noted(nbWith(), sbWith(7), at(8), [change('delete', first)])).toEqual([[{ [key('8')]: 'G S' }, []]]);
});

test('what no chassis goes by any more is forgotten with the next change, and what one that is behind goes by is kept', () => {
  const known = { 3: 'A', 5: 'B', 7: 'C' };
  expect(noted(nbWith(known))).toEqual([[{ [key('8')]: 'G S' }, ['3', '5', '7'].map(key)]]);
  expect(noted(nbWith(known), sbWith(7, 4))).toEqual([[{ [key('8')]: 'G S' }, ['3', '7'].map(key)]]);
  expect(noted(nbWith(known), sbWith(1, 4, 6))).toEqual([[{ [key('8')]: 'G S' }, []]]);
});

test('of two changes with one number the first one tells', () => {
  expect(noted(nbWith({ '>7': 'X' }), sbWith(7), at(7, true))).toEqual([[{}, []]]);
});

test('a router port of somebody else is left alone', () => {
  const nb = snapshotOf<NbTables>(nbSchema, {
    Logical_Router_Port: [{ name: 'vpc1-out', gateway_chassis: new Set([first]) as never }],
    Gateway_Chassis: [{ _uuid: first as never, name: 'g', chassis_name: 'G', priority: 100 }],
  });
  expect(noted(nb)).toEqual([]);
});
