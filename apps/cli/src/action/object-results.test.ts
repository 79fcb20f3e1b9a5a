import { type Change, rowUuid } from '@berth/core';
import { nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { objectResults, objectsWithRows } from './object-results.ts';

function changeOf(name: string | undefined, verb: Change['verb']): Change {
  return {
    verb,
    db: 'NB',
    table: 'NAT',
    uuid: rowUuid('NAT', [String(name)]),
    key: [String(name)],
    unit: 'vpc/blue',
    cause: name === undefined ? undefined : { kind: 'OvnFip', name },
    origins: [],
    columns: {},
    interrupts: null,
  };
}

test('an object is created with its first row, deleted with its last, and configured in between', () => {
  const changes = [
    changeOf('new', 'insert'),
    changeOf('old', 'insert'),
    changeOf('old', 'delete'),
    changeOf('gone', 'delete'),
    changeOf(undefined, 'delete'),
  ];
  const before = new Set(['ovn-fip/old', 'ovn-fip/gone']);
  const after = new Set(['ovn-fip/new', 'ovn-fip/old']);
  expect(objectResults(changes, before, after)).toEqual([
    { object: { kind: 'OvnFip', name: 'new' }, result: 'created' },
    { object: { kind: 'OvnFip', name: 'old' }, result: 'configured' },
    { object: { kind: 'OvnFip', name: 'gone' }, result: 'deleted' },
  ]);
});

test('objects with rows are those of our own instance', () => {
  const router = (name: string, owner: string) => ({
    _uuid: rowUuid('Logical_Router', [name]),
    name,
    external_ids: new Map([
      ['berth.dev/owner', owner],
      ['berth.dev/origin', `vpc/${name}`],
    ]),
  });
  const nb = snapshotOf(nbSchema, { Logical_Router: [router('blue', 'default'), router('red', 'other')] });
  expect([...objectsWithRows(nb, 'default')]).toEqual(['vpc/blue']);
});
