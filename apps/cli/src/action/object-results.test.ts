import { type Resource, resourceSetOf } from '@berth/api';
import { type Change, rowUuid } from '@berth/core';
import { nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { objectResults, objectsWithRows, presentObjects, resultText } from './object-results.ts';

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

function refs(...names: readonly string[]) {
  return new Map(names.map((name) => [`ovn-fip/${name}`, { kind: 'OvnFip', name }] as const));
}

test('an object is created with its first row, unprogrammed without its last, and configured in between', () => {
  const changes = [
    changeOf('new', 'insert'),
    changeOf('old', 'insert'),
    changeOf('old', 'delete'),
    changeOf('gone', 'delete'),
    changeOf('wrong', 'delete'),
    changeOf(undefined, 'delete'),
  ];
  const before = {
    present: refs('new', 'old', 'gone', 'wrong', 'rowless'),
    withRows: new Set(['ovn-fip/old', 'ovn-fip/gone', 'ovn-fip/wrong']),
  };
  const after = {
    present: refs('new', 'old', 'wrong'),
    withRows: new Set(['ovn-fip/new', 'ovn-fip/old']),
  };
  const results = objectResults(changes, before, after);
  expect(results.map(({ object, result, rows }) => [object.name, result, rows])).toEqual([
    ['new', 'created', 1],
    ['old', 'configured', 2],
    ['gone', 'deleted', 1],
    ['wrong', 'unprogrammed', 1],
    ['rowless', 'deleted', 0],
  ]);
});

test('rows that follow nodes make nothing configured, unless other rows of the object change as well', () => {
  const vpc = (name: string, table: string, key = name): Change => ({
    ...{ ...changeOf(name, 'update'), table, key: [key] },
    cause: { kind: 'Vpc', name },
  });
  const rows = new Set(['vpc/order', 'vpc/both', 'vpc/turned']);
  const objects = {
    present: new Map([...rows].map((name) => [name, { kind: 'Vpc', name: name.slice(4) }] as const)),
    withRows: rows,
  };
  const changes = [
    vpc('order', 'Gateway_Chassis'),
    vpc('order', 'Logical_Switch_Port', 'bw-0123456789ab'),
    vpc('both', 'Gateway_Chassis'),
    vpc('both', 'Logical_Router'),
    vpc('turned', 'Logical_Router'),
    vpc('turned', 'Gateway_Chassis'),
    vpc('new', 'Gateway_Chassis'),
  ];
  const after = { present: objects.present, withRows: new Set([...rows, 'vpc/new']) };
  const told = objectResults(changes, objects, after).map((each) => [each.object.name, resultText(each)]);
  expect(told).toEqual([
    ['order', 'adjusted to its nodes: gateways, witnesses of gateways'],
    ['both', 'configured'],
    ['turned', 'configured'],
    ['new', 'created'],
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

test('what is being deleted is there for as long as something holds it', () => {
  const eip = (name: string, ...finalizers: readonly string[]): Resource => ({
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', spec: {} },
    metadata: {
      ...{ name, generation: 1, labels: {}, annotations: {}, ownerReferences: [] },
      ...{ finalizers, deletionTimestamp: '2026-01-01T00:00:00Z' },
    },
  });
  const there = resourceSetOf([eip('used', 'kubeovn.io/kube-ovn-controller'), eip('gone')]);
  expect([...presentObjects(there).keys()]).toEqual(['ovn-eip/used']);
});
