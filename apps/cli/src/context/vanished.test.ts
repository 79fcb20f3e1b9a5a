import { emptyFabric, type NodeHealth } from '@berth/core';
import { type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { withVanished } from './vanished.ts';

const report = (node: string, isFresh: boolean): NodeHealth => ({ node, chassis: `c-${node}`, isFresh });
const sbOf = (...nodes: readonly string[]) =>
  snapshotOf<SbTables>(sbSchema, {
    Chassis: nodes.map((hostname) => ({ name: `c-${hostname}`, hostname })),
  });

test('a node of which SB has no chassis is dead where its agent is not heard any more and another one is', async () => {
  const silent = [report('b', false)];
  const seen = await withVanished({ reports: [report('a', true)], silent, sb: sbOf('a') }, emptyFabric);
  expect(seen.deadChassis).toEqual(new Set(['c-b']));
  expect(seen.health?.get('b')?.isFresh).toBe(false);
});

test('nothing is known of one that SB has, and of none where no agent is heard', async () => {
  const silent = [report('b', false)];
  const reports = [report('a', true)];
  expect(await withVanished({ reports, silent, sb: sbOf('a', 'b') }, emptyFabric)).toBe(emptyFabric);
  expect(await withVanished({ reports: [], silent, sb: sbOf('a') }, emptyFabric)).toBe(emptyFabric);
  expect(await withVanished({ reports, silent: [], sb: sbOf('a') }, emptyFabric)).toBe(emptyFabric);
});
