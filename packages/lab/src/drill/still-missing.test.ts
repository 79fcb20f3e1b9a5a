import { type DataPlane, emptyFabric, type Fabric, type NodeHealth } from '@berth/core';
import { expect, test } from 'vitest';
import { stillMissing } from './still-missing.ts';

const plane: DataPlane = {
  ...{ groups: new Map(), bindings: new Map(), externals: new Map(), reports: [], assumptions: [] },
  tunnelBfd: { minRxMs: 1000, minTxMs: 100, multiplier: 5 },
  release: undefined,
};

function fabric(gateways: readonly string[], ...reports: readonly NodeHealth[]): Fabric {
  const members = gateways.map((chassis, place) => ({ chassis, priority: 100 - place }));
  return {
    ...emptyFabric,
    gateways: new Map([['vpc1-external', members]]),
    dataPlane: { ...plane, reports },
  };
}

test('a group that has one gateway less is told, one with another gateway is not', () => {
  expect(stillMissing(fabric(['a', 'b']), fabric(['c']))).toEqual(['vpc1-external has 1 of 2 gateways']);
  expect(stillMissing(fabric(['a', 'b']), fabric(['c', 'a']))).toEqual([]);
});

test('a group that is gone has none', () => {
  const gone = { ...fabric([]), gateways: new Map() };
  expect(stillMissing(fabric(['a']), gone)).toEqual(['vpc1-external has 0 of 1 gateways']);
});

test('what a node reports counts unless it was so before', () => {
  const uplinks = new Map([['external0', false]]);
  const before = fabric(['a'], { node: 'n1', uplinks });
  const now = fabric(
    ['a'],
    { node: 'n1', uplinks, tunnels: new Map([['c2', false]]) },
    { node: 'n2', controllerRuns: false, fenced: new Set(['0a:00:00:00:00:01']) },
  );
  expect(stillMissing(before, now)).toEqual([
    'n1 has no tunnel to c2',
    'n2 says that ovn-controller does not run',
    'n2 is kept from answering',
  ]);
});
