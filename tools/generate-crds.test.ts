import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  agentKinds,
  type Column,
  customResourceDefinition,
  type DefinedKindName,
  definedKinds,
  kinds,
  parseResource,
  pluralOf,
} from '@berth/api';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { definitionFaults } from './crds/definition.ts';
import { instanceFaults } from './crds/instance.ts';
import { isJson, type Json, members } from './crds/json.ts';
import { crdFiles, generateCrds } from './generate-crds.ts';

const root = join(import.meta.dirname, '..');
const every = { ...kinds, ...agentKinds };

/** The folder of a kind's schema: its name in kebab case. */
function folderOf(kind: DefinedKindName): string {
  return kind.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}

/** The columns of a kind, as far as they are the same for every kind. */
function columnsOf(kind: DefinedKindName): readonly (Pick<Column<never>, 'type'> & { jsonPath?: string })[] {
  return every[kind].columns;
}

function parseAny(input: Json) {
  const { kind } = input;
  if (kind !== 'NodeReport' && kind !== 'NodeOrder') return parseResource(input);
  const { data, error } = agentKinds[kind].schema.safeParse(input);
  return data ? ({ ok: true, resource: data } as const) : ({ ok: false, problems: error } as const);
}

function schemaOf(kind: DefinedKindName): Json {
  const [version] = customResourceDefinition(kind).spec.versions;
  return version?.schema.openAPIV3Schema ?? {};
}

function sampleOf(kind: DefinedKindName): Json {
  const path = join(root, 'tools/crds/samples', `${pluralOf(kind)}.yaml`);
  const sample: unknown = parse(readFileSync(path, 'utf8'));
  return isJson(sample) ? sample : {};
}

/** What the API server says of an object; its metadata is checked elsewhere. */
function faultsOf(kind: DefinedKindName, { metadata: _metadata, ...rest }: Json): readonly string[] {
  return instanceFaults(schemaOf(kind), { ...rest, metadata: {} }, kind);
}

/** The parts of a schema by path: `.spec.v4Ip`. */
function fieldsOf(schema: unknown, path = ''): readonly (readonly [string, Json])[] {
  if (!isJson(schema)) return [];
  const below = members(schema['properties']).flatMap(([name, each]) => fieldsOf(each, `${path}.${name}`));
  return [[path, schema], ...below, ...fieldsOf(schema['items'], `${path}[]`)];
}

describe('the definitions', () => {
  test('are as generated', async () => {
    expect(await generateCrds({ check: true })).toEqual([]);
    expect([...crdFiles().keys()]).toHaveLength(definedKinds.length);
  });

  test.each([...crdFiles()])('%s is one that an API server takes', (_, text) => {
    expect(definitionFaults(parse(text))).toEqual([]);
    // kubectl reads YAML 1.1.
    expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  });

  test.each(definedKinds)('every field of %s is explained', (kind) => {
    const unexplained = fieldsOf(schemaOf(kind))
      .filter(([path, { description }]) => {
        const isPart = /^\.(?:apiVersion|kind|metadata)$|\[\]$/.test(path);
        return !isPart && (typeof description !== 'string' || !/^[^\s].*\.$/.test(description));
      })
      .map(([path]) => path);
    expect(unexplained).toEqual([]);
  });

  test.each(definedKinds)('%s says in its definition what its type says', (kind) => {
    const source = readFileSync(join(root, 'packages/api/src', folderOf(kind), 'schema.ts'), 'utf8');
    const [, comment] = new RegExp(`/\\*\\* (.*) \\*/\\nexport type ${kind} =`).exec(source) ?? [];
    expect(schemaOf(kind)['description']).toBe(comment);
  });

  test.each(definedKinds)('the columns of %s show fields of their type', (kind) => {
    const types = new Map(fieldsOf(schemaOf(kind)).map(([path, { type }]) => [path, type]));
    const wanted = {
      boolean: ['boolean'],
      number: ['integer', 'number'],
      string: ['string', 'array'],
      date: [],
    };
    const wrong = columnsOf(kind)
      .map((column) => ({ ...column, path: 'jsonPath' in column ? column.jsonPath : '' }))
      .filter(({ path }) => path !== '.metadata.creationTimestamp')
      .filter(({ path, type }) => {
        const found = types.get(path.replace(/\[(?:\*|\?\([^)]*\))\]/, '[]'));
        return !wanted[type].some((each) => each === found);
      });
    expect(wrong).toEqual([]);
  });

  test.each<[DefinedKindName, boolean]>([
    ['OvnFip', true],
    ['OvnSnatRule', true],
    ['OvnDnatRule', true],
    ['IP', false],
    ['Vip', false],
  ])('%s has the status subresource: %s', (kind, has) => {
    const [version] = customResourceDefinition(kind).spec.versions;
    expect(version?.subresources).toEqual(has ? { status: {} } : {});
  });

  test('are the ten of Kube-OVN that we read and our policy, in the category berth, and what agents pass', () => {
    const grouped = Map.groupBy(definedKinds, (kind) => customResourceDefinition(kind).spec.group);
    expect([...grouped].map(([group, names]) => [group, names.length])).toEqual([
      ['kubeovn.io', 10],
      ['gateway.berth.dev', 3],
    ]);
    for (const kind of definedKinds) {
      const isAgents = kind in agentKinds;
      expect(customResourceDefinition(kind).spec.names.categories).toEqual(isAgents ? [] : ['berth']);
    }
  });
});

describe('objects as Kube-OVN writes them', () => {
  test('there is one of each kind', () => {
    const files = readdirSync(join(root, 'tools/crds/samples'));
    expect(files.toSorted()).toEqual([...crdFiles().keys()].toSorted());
  });

  test.each(definedKinds)('%s is accepted whole, read, and accepted again', (kind) => {
    const sample = sampleOf(kind);
    expect(faultsOf(kind, sample)).toEqual([]);
    const parsed = parseAny(sample);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(faultsOf(kind, { ...parsed.resource })).toEqual([]);
    const { status = {} } = { status: undefined, ...parsed.resource };
    expect(status).toEqual(sample['status'] ?? {});
  });

  test.each(definedKinds)('the %s has every field of spec and status', (kind) => {
    const sample = sampleOf(kind);
    const parts = members(schemaOf(kind)['properties']).filter(([name]) => ['spec', 'status'].includes(name));
    const absent = parts.flatMap(([part, schema]) => {
      const present = new Map(members(sample[part]));
      const fields = isJson(schema) ? members(schema['properties']) : [];
      return fields.map(([name]) => name).filter((name) => !present.has(name));
    });
    expect(absent).toEqual([]);
  });

  test('a status with fields of a later Kube-OVN is kept, a spec is not', () => {
    const sample = sampleOf('OvnEip');
    const later = { ...sample, status: { later: { a: [1] } } };
    expect(faultsOf('OvnEip', later)).toEqual([]);
    expect(faultsOf('OvnEip', { ...sample, spec: { later: 1 } })).toEqual([
      'OvnEip.spec.later: would be dropped',
    ]);
  });

  test('a port that is a number, or a condition twice, is refused', () => {
    const dnat = { ...sampleOf('OvnDnatRule'), spec: { externalPort: 80 } };
    expect(faultsOf('OvnDnatRule', dnat)).toEqual(['OvnDnatRule.spec.externalPort: is not of type string']);
    const ready = { type: 'Ready', status: 'True' };
    const eip = { ...sampleOf('OvnEip'), status: { conditions: [ready, { ...ready, status: 'False' }] } };
    expect(faultsOf('OvnEip', eip)).toEqual(['OvnEip.status.conditions: has an item twice']);
  });
});
