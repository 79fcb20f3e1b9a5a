import { controllerFinalizer, parseResource, type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import { emptyFabric, type ResourceWrite } from '@berth/core';
import { type Source, SourceFault } from '@berth/source';
import { expect, test } from 'vitest';
import { prepare } from './prepare.ts';

const settings = { instance: 'default', defaultExternalSubnet: 'external' };

function vpc(name: string): Resource {
  const parsed = parseResource({ apiVersion: 'kubeovn.io/v1', kind: 'Vpc', metadata: { name }, spec: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

/** A source to which another Vpc comes before every listing, and which stores what it is told. */
function busySource() {
  const objects = new Map<string, Resource>();
  const stored: string[] = [];
  const source: Pick<Source, 'list' | 'store'> = {
    async list() {
      const name = `vpc-${objects.size}`;
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

test('objects that come while the first are being stored are for the next pass', async () => {
  const { source, stored } = busySource();
  const { listing } = await prepare(source, emptyFabric, settings);
  const listed = resourcesIn(listing.resources);
  expect(listed.map(({ metadata }) => [metadata.name, metadata.finalizers])).toEqual([
    ['vpc-0', [controllerFinalizer]],
  ]);
  expect(stored).toEqual(['vpc-0']);
});

/** A source in which an IP that we made is left of a pod that is gone, and which lets nobody delete it. */
function keepingSource(...more: readonly Resource[]) {
  const left = parseResource({
    ...{ apiVersion: 'kubeovn.io/v1', kind: 'IP' },
    metadata: {
      name: 'web.default',
      annotations: { 'berth.dev/made-by': 'berth' },
      finalizers: [controllerFinalizer],
    },
    spec: { podName: 'web', namespace: 'default', subnet: 's' },
  });
  if (!left.ok) throw new Error(JSON.stringify(left.problems));
  const asked: ResourceWrite[] = [];
  const resources = resourceSetOf([left.resource, ...more]);
  const source: Pick<Source, 'list' | 'store'> = {
    list: async () => ({ resources, findings: [], epoch: 0, locate: () => undefined }),
    store: async (writes) => {
      asked.push(...writes);
      throw new SourceFault('forbidden', 'cannot delete resource "ips"');
    },
  };
  return { source: source as Source, asked };
}

test('what only has to go keeps nothing else waiting where its deletion is refused, and that is told', async () => {
  const { source, asked } = keepingSource();
  const { refusal, listing } = await prepare(source, emptyFabric, settings);
  expect(asked.map(({ verb, object }) => `${verb} ${object.kind}`)).toEqual(['delete IP']);
  expect(refusal).toMatchObject({ code: 'forbidden' });
  expect(listing.resources.IP).toHaveLength(1);
});

test('what has to be stored first is waited for', async () => {
  const { source } = keepingSource(vpc('new'));
  await expect(prepare(source, emptyFabric, settings)).rejects.toMatchObject({ code: 'forbidden' });
});
