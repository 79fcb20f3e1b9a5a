import { parseResource, type Resource, resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { nextStuckMs, stuckFindings, withoutStuckPods } from './stuck-pods.ts';

function pod(name: string, deletionTimestamp?: string, owner?: string): Resource {
  const metadata = {
    name,
    namespace: 'default',
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(owner !== undefined && {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'set', uid: 'u', controller: true }],
    }),
  };
  const parsed = parseResource({ apiVersion: 'v1', kind: 'Pod', metadata, spec: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

const resources = resourceSetOf([pod('runs'), pod('ends', '2026-01-01T08:00:30Z'), pod('odd', 'soon')]);
const namesAt = (now: string): readonly string[] =>
  withoutStuckPods(resources, now).Pod.map(({ metadata }) => metadata.name);

test('a pod that is being deleted counts until its time and half a minute are over', () => {
  expect(namesAt('2026-01-01T08:00:59Z')).toEqual(['ends', 'runs']);
  expect(nextStuckMs(resources, '2026-01-01T08:00:59Z')).toBe(1_000);
  expect(namesAt('2026-01-01T08:01:00Z')).toEqual(['runs']);
  expect(nextStuckMs(resources, '2026-01-01T08:01:00Z')).toBeUndefined();
});

test('resources without such a pod stay the very same', () => {
  const running = resourceSetOf([pod('runs')]);
  expect(withoutStuckPods(running, '2026-01-01T08:00:00Z')).toBe(running);
});

test('one that is stuck is told with what to do; that of a StatefulSet keeps its address', () => {
  const ended = '2026-01-01T08:00:30Z';
  const stuck = resourceSetOf([
    pod('web', ended, 'ReplicaSet'),
    pod('db-0', ended, 'StatefulSet'),
    pod('runs'),
  ]);
  expect(stuckFindings(stuck, '2026-01-01T08:00:59Z')).toEqual([]);
  expect(withoutStuckPods(stuck, '2026-01-01T08:01:00Z').Pod.map(({ metadata }) => metadata.name)).toEqual([
    'db-0',
    'runs',
  ]);
  expect(stuckFindings(stuck, '2026-01-01T08:01:00Z')).toMatchObject([
    {
      code: 'pod-stuck',
      object: { kind: 'Pod', namespace: 'default', name: 'db-0' },
      message: `pod/default/db-0 should have ended by ${ended} and is still there; its address waits for its successor`,
    },
    {
      code: 'pod-stuck',
      message: `pod/default/web should have ended by ${ended} and is still there; its address is given up`,
      cure: 'see why kubelet of its node does not end it; where the node is gone, kubectl -n default delete pod web --force',
    },
  ]);
});
