import { resourceSetOf } from '@berth/api';
import { emptyFabric, type Failure } from '@berth/core';
import { expect, test } from 'vitest';
import { playedFabric } from './fabric.ts';

const chassis = ['n1', 'n2', 'n3', 'elsewhere'].map(
  (hostname) =>
    [`id-${hostname}`, { name: `id-${hostname}`, hostname, mappings: new Set<string>() }] as const,
);
const fabric = { ...emptyFabric, chassis: new Map(chassis) };

function network(name: string, defaultInterface: string, excludeNodes: readonly string[] = []) {
  const metadata = { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
  const spec = { defaultInterface, excludeNodes };
  return { apiVersion: 'kubeovn.io/v1', kind: 'ProviderNetwork', metadata, spec } as const;
}

test('nodes of the lab have the bridges they will be given: not where left out, broken, or without the NIC', () => {
  const failures: readonly Failure[] = [{ kind: 'host', node: 'n3' }];
  const lab = {
    nodeNames: ['n1', 'n2', 'n3'],
    plan: { wires: ['ext0'] },
    failures: () => [...failures],
  };
  const resources = resourceSetOf([
    network('net1', 'eth1', ['n2']),
    network('net2', 'eth1'),
    network('net3', 'eth2'),
  ]);
  const played = playedFabric(fabric, lab, resources);
  expect([...played.chassis.values()].map(({ hostname, mappings }) => [hostname, [...mappings]])).toEqual([
    ['n1', ['net1', 'net2']],
    ['n2', ['net2']],
    ['n3', []],
    ['elsewhere', []],
  ]);
});
