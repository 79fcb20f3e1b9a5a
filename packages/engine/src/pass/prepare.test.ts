import { controllerFinalizer, parseResource, type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import { emptyFabric, type ResourceWrite } from '@berth/core';
import type { Source } from '@berth/source';
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
