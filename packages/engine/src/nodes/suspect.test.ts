import { formerOrderPrefix } from '@berth/api';
import type { NodeHealth } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { suspectsOf } from './suspect.ts';

const uuid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}` as Uuid;

/** A router port with these gateways, and those it had before some changes. */
function northbound(gateways: readonly string[], before: Readonly<Record<string, string>> = {}) {
  const members = gateways.map((chassis_name, place) => ({ _uuid: uuid(place + 1), chassis_name }));
  const ids = Object.entries(before).map(
    ([change, order]) => [`${formerOrderPrefix}${change}`, order] as const,
  );
  return snapshotOf<NbTables>(nbSchema, {
    Gateway_Chassis: members.map((each) => ({ ...each, name: each.chassis_name })),
    Logical_Router_Port: [
      {
        name: 'vpc1-external0',
        gateway_chassis: new Set(members.map(({ _uuid }) => _uuid)),
        external_ids: new Map(ids),
      },
    ],
  });
}

/** `work` got as far as 7 and is silent. Its agent had told of BFD with `told`; a gateway sees it down. */
function suspects(
  nb: ReturnType<typeof northbound>,
  gateway = 'new',
  told: readonly string[] | 'untold' = ['old'],
): readonly string[] {
  const tunnels = told === 'untold' ? undefined : new Map(told.map((name) => [name, true]));
  const health: readonly NodeHealth[] = [
    { node: 'work', chassis: 'work', isFresh: false, ...(tunnels && { tunnels }) },
    { node: gateway, chassis: gateway, isFresh: true, tunnels: new Map([['work', false]]) },
  ];
  const names = ['work', 'old', 'new'];
  const sb = snapshotOf<SbTables>(sbSchema, {
    Chassis: names.map((name) => ({ name, hostname: name })),
    Chassis_Private: names.map((name) => ({ name, nb_cfg: name === 'work' ? 7 : 9 })),
  });
  return suspectsOf(new Map(health.map((each) => [each.node, each])), nb, sb).map(({ name }) => name);
}

test('a node that is silent is no suspect for a gateway that it does not know as one', () => {
  expect(suspects(northbound(['new'], { 8: 'old' }))).toEqual([]);
  expect(suspects(northbound(['new'], { '>7': 'old' }))).toEqual([]);
  expect(suspects(northbound(['new', 'old'], { 8: 'old' }))).toEqual([]);
  // It was one before as well, or the change was carried out.
  expect(suspects(northbound(['old', 'new'], { 8: 'new old' }))).toEqual(['work']);
  expect(suspects(northbound(['new'], { 7: 'old' }))).toEqual(['work']);
  expect(suspects(northbound(['new'], { '>6': 'old' }))).toEqual(['work']);
  expect(suspects(northbound(['new', 'old'], { 8: 'old' }), 'old')).toEqual(['work']);
});

test('BFD that the agent of a silent node has told of is a sign, whatever rows say, and so it is where they say nothing', () => {
  expect(suspects(northbound(['new'], { 8: 'old' }), 'new', ['new'])).toEqual(['work']);
  expect(suspects(northbound(['new'], { 8: 'old' }), 'new', 'untold')).toEqual(['work']);
  expect(suspects(northbound(['new']), 'new')).toEqual(['work']);
  expect(suspects(northbound([]), 'new')).toEqual(['work']);
});
