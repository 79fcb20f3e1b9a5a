import { customResourceDefinition, parseResource, type Resource } from '@berth/api';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../api/json.ts';
import { type Entry, entryOf } from '../watch/entry.ts';
import { type Definition, definitionOf } from './definition.ts';
import { stepsOf } from './step.ts';

const finalizer = 'kubeovn.io/kube-ovn-controller';

/** Our own definition of OvnFip, or one as others have it: strict, and without some fields of its status. */
function definition(without?: readonly string[], isMap = true): Definition {
  const crd = JSON.parse(JSON.stringify(customResourceDefinition('OvnFip')));
  const { status } = crd.spec.versions[0].schema.openAPIV3Schema.properties;
  if (without) delete status['x-kubernetes-preserve-unknown-fields'];
  for (const field of without ?? []) delete status.properties[field];
  if (!isMap) delete status.properties.conditions['x-kubernetes-list-type'];
  const read = definitionOf(crd, 'v1');
  if (!read) throw new Error('not served');
  return read;
}

const ready = { type: 'Ready', status: 'True', reason: 'Programmed', message: 'fine' };

/** An entry as a server with these fields has it, and the listed object. */
function listed(
  fields: { readonly metadata?: object; readonly spec?: object; readonly status?: object } = {},
) {
  const entry = entryOf('OvnFip', {
    metadata: { name: 'web', uid: 'u', resourceVersion: '7', generation: 2, ...fields.metadata },
    spec: { ovnEip: 'web', ipName: 'web.default', ...fields.spec },
    ...(fields.status && { status: fields.status }),
  });
  if (entry.resource?.kind !== 'OvnFip') throw new Error(JSON.stringify(entry.problems));
  return { entry, fip: entry.resource };
}

/** The object with other metadata or status. */
function changed(fip: Resource, metadata: object, rest: JsonObject = {}): Resource {
  const parsed = parseResource({ ...fip, ...rest, metadata: { ...fip.metadata, ...metadata } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

function bodies(entry: Entry, wanted: Resource, how = definition()): readonly JsonObject[] {
  return stepsOf(entry, wanted, how).map(({ verb, part, body }) => {
    const { metadata, spec, status } = { spec: undefined, status: undefined, ...body };
    const { name: _name, uid: _uid, ...rest } = isJsonObject(metadata) ? metadata : {};
    return {
      [`${verb} ${part}`]: {
        ...rest,
        ...(spec !== undefined && { spec }),
        ...(status !== undefined && { status }),
      },
    };
  });
}

/** What a server says that we applied. */
function managed(fieldsV1: object, manager = 'berth'): object {
  return { manager, operation: 'Apply', fieldsV1 };
}

describe('what is written', () => {
  test('nothing, when nothing differs', () => {
    const { entry, fip } = listed({ status: { ready: true, conditions: [ready] } });
    expect(stepsOf(entry, fip, definition())).toEqual([]);
  });

  test('a finalizer alone', () => {
    const { entry, fip } = listed({ metadata: { finalizers: ['other.io/x'] } });
    const wanted = changed(fip, { finalizers: ['other.io/x', finalizer] });
    expect(bodies(entry, wanted)).toEqual([{ 'apply main': { finalizers: [finalizer] } }]);
  });

  test('with each apply all that we applied before, and nothing of others', () => {
    const owned = {
      'f:metadata': { 'f:finalizers': { [`v:"${finalizer}"`]: {} }, 'f:labels': { 'f:a': {} } },
      'f:spec': { 'f:type': {} },
    };
    const { entry, fip } = listed({
      metadata: { finalizers: [finalizer], labels: { a: '1', theirs: '2' }, managedFields: [managed(owned)] },
      spec: { type: 'distributed' },
    });
    const wanted = changed(fip, { labels: { a: '1', theirs: '2', b: '3' } });
    expect(bodies(entry, wanted)).toEqual([
      {
        'apply main': { finalizers: [finalizer], labels: { a: '1', b: '3' }, spec: { type: 'distributed' } },
      },
    ]);
  });

  test('what is to go is taken away, whoever set it', () => {
    const { entry, fip } = listed({
      metadata: { finalizers: ['other.io/x', finalizer], labels: { a: '1', b: '2' } },
      status: { ready: true, v4Ip: '10.0.0.1' },
    });
    const wanted = changed(
      fip,
      { finalizers: ['other.io/x'], labels: { b: '2' } },
      { status: { ready: true } },
    );
    expect(bodies(entry, wanted)).toEqual([
      { 'apply status': { status: { ready: true } } },
      { 'merge status': { status: { v4Ip: null } } },
      { 'merge main': { labels: { a: null }, finalizers: ['other.io/x'] } },
    ]);
  });

  test('of the conditions ours, where the cluster keeps them apart, else all', () => {
    const theirs = { type: 'Checked', status: 'True' };
    const { entry, fip } = listed({ status: { conditions: [theirs] } });
    const overridden = { type: 'Overridden', status: 'True', reason: 'Overridden', message: 'by a policy' };
    const wanted = changed(fip, {}, { status: { conditions: [theirs, ready, overridden] } });
    expect(bodies(entry, wanted)).toEqual([
      { 'apply status': { status: { conditions: [ready, overridden] } } },
    ]);
    expect(bodies(entry, wanted, definition([], false))).toEqual([
      { 'apply status': { status: { conditions: [theirs, ready, overridden] } } },
    ]);
  });

  test('nothing that the cluster would drop, so that it is not written again and again', () => {
    const { entry, fip } = listed({ status: { ready: true } });
    const wanted = changed(fip, {}, { status: { ready: true, placement: 'distributed', berth: 'node-1' } });
    expect(stepsOf(entry, wanted, definition(['placement', 'berth']))).toEqual([]);
    expect(bodies(entry, wanted, definition(['berth']))).toEqual([
      { 'apply status': { status: { ready: true, placement: 'distributed' } } },
    ]);
  });
});

test('a version that is not served is no definition', () => {
  expect(definitionOf(JSON.parse(JSON.stringify(customResourceDefinition('OvnFip'))), 'v2')).toBeUndefined();
});
