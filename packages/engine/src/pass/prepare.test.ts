import {
  controllerFinalizer,
  parseResource,
  type Resource,
  refKey,
  refOf,
  resourceSetOf,
  resourcesIn,
} from '@berth/api';
import { emptyFabric, type ResourceWrite, withWrites } from '@berth/core';
import { type Source, SourceFault } from '@berth/source';
import { expect, test } from 'vitest';
import { prepare } from './prepare.ts';

const settings = { instance: 'default', defaultExternalSubnet: 'external' };

function vpc(name: string): Resource {
  const parsed = parseResource({ apiVersion: 'kubeovn.io/v1', kind: 'Vpc', metadata: { name }, spec: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

/** A source to which another Vpc comes before every listing, after so many at first, and which stores what it is told. */
function busySource(atFirst = 0) {
  const objects = new Map<string, Resource>(
    Array.from({ length: atFirst }, (_, place) => [`first-${place}`, vpc(`first-${place}`)]),
  );
  const stored: string[] = [];
  const source: Pick<Source, 'list' | 'store'> = {
    async list() {
      const name = `vpc-${objects.size - atFirst}`;
      objects.set(name, vpc(name));
      const resources = resourceSetOf([...objects.values()]);
      return { resources, findings: [], epoch: 0, locate: () => undefined };
    },
    async store(writes: readonly ResourceWrite[]) {
      for (const { object } of writes) {
        objects.set(object.metadata.name, object);
        stored.push(object.metadata.name);
      }
    },
  };
  return { source: source as Source, stored };
}

test('objects that come while the first few are stored join them, and later ones are for the next pass', async () => {
  const { source, stored } = busySource();
  const { listing } = await prepare(source, emptyFabric, settings);
  const listed = resourcesIn(listing.resources);
  expect(listed.map(({ metadata }) => [metadata.name, metadata.finalizers])).toEqual([
    ['vpc-0', [controllerFinalizer]],
    ['vpc-1', [controllerFinalizer]],
  ]);
  expect(stored).toEqual(['vpc-0', 'vpc-1']);
});

test('many that are stored wait for nobody', async () => {
  const { source, stored } = busySource(20);
  const { listing } = await prepare(source, emptyFabric, settings);
  expect(listing.resources.Vpc).toHaveLength(21);
  expect(stored).toHaveLength(21);
  expect(stored).not.toContain('vpc-1');
});

function parsed(object: object): Resource {
  const read = parseResource(object);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.resource;
}

/** An IP that we made, of a pod that is gone. */
const left = parsed({
  ...{ apiVersion: 'kubeovn.io/v1', kind: 'IP' },
  metadata: {
    name: 'web.default',
    annotations: { 'berth.dev/made-by': 'berth' },
    finalizers: [controllerFinalizer],
  },
  spec: { podName: 'web', namespace: 'default', subnet: 's' },
});

/** A source that lets these objects, by name, neither be changed nor deleted; what is stored of others is listed. */
function keepingSource(kept: readonly string[], objects: readonly Resource[]) {
  const asked: string[] = [];
  let resources = resourceSetOf(objects);
  const source: Pick<Source, 'list' | 'store'> = {
    list: async () => ({ resources, findings: [], epoch: 0, locate: () => undefined }),
    store: async (writes) => {
      asked.push(...writes.map(({ verb, object }) => `${verb} ${object.kind} ${object.metadata.name}`));
      const isKept = ({ object }: ResourceWrite): boolean => kept.includes(object.metadata.name);
      resources = withWrites(
        resources,
        writes.filter((each) => !isKept(each)),
      );
      const refused = new Map(
        writes.filter(isKept).map(({ object }) => [refKey(refOf(object)), `${object.metadata.name}: no`]),
      );
      if (refused.size > 0) throw new SourceFault('write-refused', 'no', { refused });
    },
  };
  return { source: source as Source, asked };
}

test('what only has to go keeps nothing else waiting where its deletion is refused, and that is told', async () => {
  const { source, asked } = keepingSource(['web.default'], [left]);
  const { refusal, listing, result } = await prepare(source, emptyFabric, settings);
  expect(asked).toEqual(['delete IP web.default']);
  expect(refusal).toMatchObject({ code: 'write-refused' });
  expect(listing.resources.IP).toHaveLength(1);
  const about = result.findings.filter(({ code }) => code === 'write-refused');
  expect(about).toMatchObject([{ object: { kind: 'IP', name: 'web.default' } }]);
});

test('an object that may not be marked as in use is left out and told of, and all others go on', async () => {
  const subnet = parsed({
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'Subnet', metadata: { name: 's' } },
    spec: { vpc: 'new', cidrBlock: '10.0.0.0/24', gateway: '10.0.0.1' },
  });
  const { source, asked } = keepingSource(['new'], [vpc('new'), vpc('other'), subnet]);
  const { refusal, result, listing } = await prepare(source, emptyFabric, settings);
  expect(asked).toEqual(['upsert Vpc new', 'upsert Vpc other', 'upsert Subnet s']);
  expect(refusal).toMatchObject({ code: 'write-refused' });
  expect(result.intent.vpcs.map(({ name }) => name)).toEqual(['other']);
  // That the subnet's VPC does not exist would not be true.
  expect(result.findings.map(({ code, object, message }) => [code, object?.name, message])).toEqual([
    ['write-refused', 'new', 'what is to be stored of vpc/new is refused: new: no'],
  ]);
  expect(listing.resources.Vpc.map(({ metadata }) => metadata.name)).toEqual(['new', 'other']);
});

test('what was in effect stays so where it may not be marked again', async () => {
  const { source } = keepingSource(['old'], [{ ...vpc('old'), status: {} } as Resource]);
  const { result } = await prepare(source, emptyFabric, settings);
  expect(result.intent.vpcs.map(({ name }) => name)).toEqual(['old']);
});

test('a fault that names no object is waited for', async () => {
  const source = {
    list: async () => ({
      resources: resourceSetOf([vpc('new')]),
      findings: [],
      epoch: 0,
      locate: () => undefined,
    }),
    store: async () => {
      throw new SourceFault('cluster-unreachable', 'gone');
    },
  };
  await expect(prepare(source as unknown as Source, emptyFabric, settings)).rejects.toMatchObject({
    code: 'cluster-unreachable',
  });
});
