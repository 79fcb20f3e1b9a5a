import { fabricOf, parseTarget, type Target } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { folderReader } from '@berth/source';
import { beforeAll, expect, test } from 'vitest';
import { notProgrammed, objectOfTarget, targetsNamed } from './target-names.ts';

const folder = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
let objects: Parameters<typeof objectOfTarget>[1];

beforeAll(async () => {
  await using reader = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  objects = (await reader.list()).resources;
});

function target(text: string): Target {
  const parsed = parseTarget(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

test.each([
  ['fip/web', { kind: 'OvnFip', name: 'web' }],
  ['10.9.101.9', { kind: 'OvnFip', name: 'web' }],
  ['eip/web', { kind: 'OvnEip', name: 'web' }],
  ['pod/default/web', { kind: 'Pod', namespace: 'default', name: 'web' }],
  ['vpc/vpc1', { kind: 'Vpc', name: 'vpc1' }],
  ['fip/wep', undefined],
  ['10.9.101.77', undefined],
  ['nat/vpc1/dnat_and_snat/10.9.101.9', undefined],
])('%s is asked for by an object, or by none', (text, object) => {
  expect(objectOfTarget(target(text), objects)).toEqual(object);
});

test('a name without a kind is that of every target called so', () => {
  const nb = snapshotOf<NbTables>(nbSchema, { Logical_Router: [{ name: 'web' }] });
  const fabric = fabricOf(nb, snapshotOf<SbTables>(sbSchema, {}));
  expect(targetsNamed('web', { objects, flows: [], nb, fabric })).toEqual([
    'fip/web',
    'eip/web',
    'pod/default/web',
    'vpc/web',
  ]);
  expect(targetsNamed('wep', { objects, flows: [], nb, fabric })).toEqual([]);
});

test('what is asked for and not programmed is not said to be unknown', () => {
  expect(notProgrammed(target('fip/web'), { kind: 'OvnFip', name: 'web' })).toMatchObject({
    message: 'fip/web (ovn-fip/web) is asked for, and NB has no row of it',
    cure: 'berth explain fip/web tells why',
  });
});
