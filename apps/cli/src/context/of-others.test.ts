import { parseResource, resourceSetOf } from '@berth/api';
import { type Finding, finding, type ObjectRef, rowUuid } from '@berth/core';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { partedFindings } from './of-others.ts';

const ours = parseResource({
  apiVersion: 'kubeovn.io/v1',
  kind: 'Vpc',
  metadata: { name: 'vpc1' },
  spec: {},
});
const objects = resourceSetOf(ours.ok ? [ours.resource] : []);
const port = rowUuid('Logical_Router_Port', ['vpc1-ext']);
const nb = snapshotOf<NbTables>(nbSchema, {
  Logical_Router: [{ name: 'vpc1', ports: new Set([port]) as never }],
  Logical_Router_Port: [{ _uuid: port, name: 'vpc1-ext' }, { name: 'other-ext' }],
});

/** A finding about one object, in which another one takes part. */
function about(object: ObjectRef | undefined, ...related: readonly ObjectRef[]): Finding {
  return finding('nat-ignored', { object, message: 'm', cure: 'c', related });
}

test.each<[string, Finding]>([
  ['a row on a router of ours, whoever made it', about({ kind: 'NAT', name: 'vpc1/snat/10.0.0.1' })],
  ['a router port of ours', about({ kind: 'Logical_Router_Port', name: 'vpc1-ext' })],
  ['an object, and a node', about({ kind: 'OvnFip', name: 'gone' })],
  ['a whole database', about(undefined)],
  [
    'what touches something of ours',
    about({ kind: 'NAT', name: 'other/snat/10.0.0.1' }, { kind: 'OvnFip', name: 'web' }),
  ],
])('of what is asked for is %s', (_, each) => {
  expect(partedFindings([each], objects, nb)).toEqual({ own: [each], ofOthers: [] });
});

test.each<[string, Finding]>([
  ['a row on another router', about({ kind: 'NAT', name: 'other/snat/10.0.0.1' })],
  ['a router whose name only begins like ours', about({ kind: 'NAT', name: 'vpc11/snat/10.0.0.1' })],
  ['a router', about({ kind: 'Logical_Router', name: 'other' })],
  ['its port', about({ kind: 'Logical_Router_Port', name: 'other-ext' })],
])('of others is %s', (_, each) => {
  expect(partedFindings([each], objects, nb)).toEqual({ own: [], ofOthers: [each] });
});
