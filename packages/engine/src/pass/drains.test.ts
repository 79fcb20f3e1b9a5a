import { type Resource, resourceSetOf } from '@berth/api';
import { emptyFabric, recordedDrains } from '@berth/core';
import { expect, test } from 'vitest';
import { followDrains, nextDrainedMs, withDrained, withDrainLeft } from './drains.ts';

const at = (time: string): string => `2026-01-01T${time}Z`;

/** vpc1 with a gateway on node a that is to leave since a time, and a policy that gives it a minute. */
function draining(since: string, drainSeconds = 60) {
  const metadata = { generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
  const objects: readonly Resource[] = [
    {
      apiVersion: 'kubeovn.io/v1',
      kind: 'Vpc',
      metadata: { name: 'vpc1', ...metadata },
      spec: {},
      status: { draining: [{ subnet: 'external0', node: 'a', since }] },
    },
    {
      apiVersion: 'gateway.berth.dev/v1alpha1',
      kind: 'GatewayPolicy',
      metadata: { name: 'p', ...metadata },
      spec: {
        targetRefs: [{ group: 'kubeovn.io', kind: 'Vpc', name: 'vpc1' }],
        gateways: { drainSeconds },
      },
    },
  ];
  return resourceSetOf(objects);
}

const drained = (resources: ReturnType<typeof draining>, now: string) =>
  withDrained(emptyFabric, resources, now).drained;

test('who looks is told what a drain has left, and never more than it was given', () => {
  const left = (since: string, now: string) =>
    withDrainLeft(emptyFabric, draining(at(since)), at(now)).drainLeft?.get('vpc1-external0 a');
  expect(left('08:00:00', '08:00:11')).toBe(49);
  expect(left('08:00:00', '08:00:00')).toBe(60);
  expect(left('08:00:05', '08:00:00')).toBe(60);
  expect(left('08:00:00', '08:01:00')).toBeUndefined();
});

test('a gateway has drained when the time of the policy is over, and not before', () => {
  const resources = draining(at('08:00:00'));
  expect(drained(resources, at('08:00:59'))).toBeUndefined();
  expect(nextDrainedMs(recordedDrains(resources), at('08:00:59'))).toBe(1_000);
  expect(drained(resources, at('08:01:00'))).toEqual(new Set(['vpc1-external0 a']));
  expect(nextDrainedMs(recordedDrains(resources), at('08:01:00'))).toBeUndefined();
});

test('the time is the one that the policy gives now', () => {
  expect(nextDrainedMs(recordedDrains(draining(at('08:00:00'), 90)), at('08:01:00'))).toBe(30_000);
  expect(drained(draining(at('08:00:00'), 0), at('08:00:00'))).toEqual(new Set(['vpc1-external0 a']));
});

test('a clock that is behind makes it longer, at most twice as long', () => {
  expect(nextDrainedMs(recordedDrains(draining(at('08:00:30'))), at('08:00:00'))).toBe(90_000);
  expect(drained(draining(at('08:01:01')), at('08:00:00'))).toEqual(new Set(['vpc1-external0 a']));
  expect(drained(draining('soon'), at('08:00:00'))).toEqual(new Set(['vpc1-external0 a']));
});

test('where the status cannot keep it the time of the pass before counts', () => {
  const first = followDrains(draining(at('08:00:00')), []);
  const later = followDrains(draining(at('08:00:40')), first);
  expect(nextDrainedMs(later, at('08:00:40'))).toBe(20_000);
  const nothing = draining(at('08:00:00'));
  const lost = { ...nothing, Vpc: nothing.Vpc.map((vpc) => ({ ...vpc, status: {} })) };
  expect(withDrained(emptyFabric, lost, at('08:01:00'), later).drained).toEqual(
    new Set(['vpc1-external0 a']),
  );
  expect(followDrains(lost, later)).toEqual([]);
});
