import { parseResource, type Resource, resourceSetOf } from '@berth/api';
import { expect, test } from 'vitest';
import { followLasting, type LastingPods, nextForgottenMs, withAwaitedPods } from './lasting-pods.ts';

const at = (clock: string): string => `2026-01-01T08:${clock}Z`;

function pod(name: string, kind: string, nodeName = 'n1', phase = 'Running'): Resource {
  const apiVersion = kind === 'VirtualMachineInstance' ? 'kubevirt.io/v1' : 'apps/v1';
  const ownerReferences = [{ apiVersion, kind, name: 'set', uid: 'u', controller: true }];
  const metadata = { name, namespace: 'default', ownerReferences };
  const parsed = parseResource({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName },
    status: { phase },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.resource;
}

const none = resourceSetOf([]);
const both = resourceSetOf([pod('web-0', 'StatefulSet'), pod('shop-x', 'ReplicaSet')]);

/** What is awaited after some listings, one at each time. */
function after(...listings: readonly (readonly [clock: string, resources: typeof none])[]): LastingPods {
  return listings.reduce<LastingPods>(
    (before, [clock, resources]) => followLasting(resources, before, at(clock)),
    new Map(),
  );
}

const names = ({ Pod: pods }: typeof none): readonly string[] => pods.map(({ metadata }) => metadata.name);

test('a pod of a StatefulSet that is gone counts for a minute, from the pass that missed it', () => {
  const lasting = after(['00:00', both], ['05:00', none], ['05:30', none]);
  expect(names(withAwaitedPods(none, lasting, at('05:59')))).toEqual(['web-0']);
  expect(nextForgottenMs(lasting, at('05:59'))).toBe(1_000);
  expect(withAwaitedPods(none, lasting, at('06:00'))).toBe(none);
  expect(after(['00:00', both], ['05:00', none], ['06:00', none]).size).toBe(0);
});

test('the pass that misses it first keeps it', () => {
  const lasting = after(['00:00', both]);
  expect(nextForgottenMs(lasting, at('00:00'))).toBeUndefined();
  expect(names(withAwaitedPods(none, lasting, at('09:00')))).toEqual(['web-0']);
});

test('the next one of the name takes its place, and is what counts from then on', () => {
  const next = resourceSetOf([pod('web-0', 'StatefulSet', 'n2')]);
  const lasting = after(['00:00', both], ['05:00', none], ['05:10', next]);
  expect(withAwaitedPods(next, lasting, at('05:10'))).toBe(next);
  expect(nextForgottenMs(lasting, at('05:10'))).toBeUndefined();
  const [kept] = withAwaitedPods(none, lasting, at('05:20')).Pod;
  expect(kept?.spec.nodeName).toBe('n2');
});

test('one of the name that is of no StatefulSet ends the wait', () => {
  const lasting = after(['00:00', both], ['05:00', none], ['05:10', resourceSetOf([pod('web-0', 'Job')])]);
  expect(withAwaitedPods(none, lasting, at('05:11'))).toBe(none);
});

test('a pod that has ended is awaited like one that is gone, as it was', () => {
  const ended = resourceSetOf([pod('web-0', 'StatefulSet', 'n1', 'Failed')]);
  const lasting = after(['00:00', both], ['05:00', ended], ['05:30', ended]);
  const kept = withAwaitedPods(ended, lasting, at('05:59')).Pod;
  expect(kept.map(({ metadata, status }) => [metadata.name, status?.phase])).toEqual([['web-0', 'Running']]);
  expect(withAwaitedPods(ended, lasting, at('06:00'))).toBe(ended);
});

test('the next pod of a virtual machine has another name, and takes the place of the one before', () => {
  const first = resourceSetOf([pod('virt-launcher-set-a', 'VirtualMachineInstance')]);
  const ended = resourceSetOf([pod('virt-launcher-set-a', 'VirtualMachineInstance', 'n1', 'Succeeded')]);
  const next = resourceSetOf([pod('virt-launcher-set-b', 'VirtualMachineInstance', 'n2'), ...ended.Pod]);
  const lasting = after(['00:00', first], ['05:00', ended], ['05:10', none]);
  expect(names(withAwaitedPods(none, lasting, at('05:59')))).toEqual(['virt-launcher-set-a']);
  expect(withAwaitedPods(next, lasting, at('05:20'))).toBe(next);
  const [kept] = withAwaitedPods(none, followLasting(next, lasting, at('05:20')), at('05:30')).Pod;
  expect(kept?.metadata.name).toBe('virt-launcher-set-b');
});
