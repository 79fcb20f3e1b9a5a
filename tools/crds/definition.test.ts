import { describe, expect, test } from 'vitest';
import { definitionFaults } from './definition.ts';

const names = { kind: 'Thing', listKind: 'ThingList', plural: 'things', singular: 'thing' };
const column = { name: 'Size', type: 'integer', jsonPath: '.spec.size' };
const version = {
  name: 'v1',
  served: true,
  storage: true,
  subresources: { status: {} },
  additionalPrinterColumns: [column],
  schema: { openAPIV3Schema: { type: 'object' } },
};
const spec = { group: 'example.org', scope: 'Cluster', names, versions: [version] };

/** A good definition with other parts in its spec. */
function definition(parts: object, name = 'things.example.org') {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: { ...spec, ...parts },
  };
}

/** A good definition with other parts in its version. */
function ofVersion(parts: object) {
  return definition({ versions: [{ ...version, ...parts }] });
}

describe('definitions', () => {
  test('a good one is accepted', () => {
    expect(definitionFaults(definition({}))).toEqual([]);
    const conditions = '.status.conditions[?(@.type=="Ready")].status';
    expect(
      definitionFaults(ofVersion({ additionalPrinterColumns: [{ ...column, jsonPath: conditions }] })),
    ).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['nothing', {}, 'definition: has no spec'],
    [
      'another API',
      { ...definition({}), apiVersion: 'apiextensions.k8s.io/v1beta1' },
      'definition: is no CustomResourceDefinition of apiextensions.k8s.io/v1',
    ],
    ['another name', definition({}, 'thing.example.org'), 'metadata.name: must be things.example.org'],
    ['a group without dot', definition({ group: 'example' }, 'things.example'), 'spec.group: is no domain'],
    ['another scope', definition({ scope: 'cluster' }), 'spec.scope: is Cluster or Namespaced'],
    [
      'a short name in upper case',
      definition({ names: { ...names, shortNames: ['TH'] } }),
      'spec.names: "TH" is no DNS label',
    ],
    [
      'a category with a space',
      definition({ names: { ...names, categories: ['my things'] } }),
      'spec.names: "my things" is no DNS label',
    ],
    [
      'a list named as the kind',
      definition({ names: { ...names, listKind: 'Thing' } }),
      'spec.names: kind and listKind must differ',
    ],
    ['no version', definition({ versions: [] }), 'spec.versions: exactly one is stored'],
    [
      'a version twice',
      definition({ versions: [version, { ...version, storage: false }] }),
      'spec.versions: a name is there twice',
    ],
    [
      'another subresource',
      ofVersion({ subresources: { state: {} } }),
      'spec.versions[v1]: there is no subresource state',
    ],
    [
      'a column of a type that is none',
      ofVersion({ additionalPrinterColumns: [{ ...column, type: 'text' }] }),
      'spec.versions[v1]: column Size has no type',
    ],
    [
      'a column without dot',
      ofVersion({ additionalPrinterColumns: [{ ...column, jsonPath: 'spec.size' }] }),
      'spec.versions[v1]: column Size has no simple JSONPath',
    ],
    ['no schema', ofVersion({ schema: {} }), 'spec.versions[v1]: schema: is no object'],
    [
      'a schema that is not structural',
      ofVersion({ schema: { openAPIV3Schema: { type: 'object', properties: { spec: {} } } } }),
      'spec.versions[v1]: schema.spec: has no type',
    ],
  ])('%s is refused', (_, input, fault) => {
    expect(definitionFaults(input)).toContain(fault);
  });
});
