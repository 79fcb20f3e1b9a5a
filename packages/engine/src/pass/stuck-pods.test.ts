import { parseResource, type Resource, resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { nextStuckMs, withoutStuckPods } from './stuck-pods.ts';

function pod(name: string, deletionTimestamp?: string): Resource {
  const metadata = {
    name,
    namespace: 'default',
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
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
