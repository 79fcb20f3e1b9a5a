import { expect, test } from 'vitest';
import type { Attached } from '../workload/attached.ts';
import { Awaited } from './awaited.ts';

const port = (name: string, more: Partial<Attached> = {}): Attached => ({
  ...{ portName: `${name}.default`, hostInterface: '', namespace: 'default', name, netns: '' },
  ...{ interfaceName: 'eth0', sandbox: undefined, config: '', isPresent: true, isInstalled: false },
  ...more,
});

test('each workload has its time from when it was on the switch, and is told of after it', () => {
  let nowMs = 0;
  const awaited = new Awaited('n1', () => nowMs);
  awaited.note([port('a')]);
  nowMs = 600;
  const both = [port('a'), port('b')];
  awaited.note(both);
  expect([awaited.leftMs(1_000), awaited.findings(both, 1_000)]).toEqual([1_000, []]);
  nowMs = 1_100;
  expect(awaited.findings(both, 1_000)).toMatchObject([
    { code: 'pod-unattached', object: { name: 'a' }, message: expect.stringContaining('its port a.default') },
  ]);
  awaited.note([port('a', { isInstalled: true }), port('b')]);
  expect([awaited.leftMs(1_000), awaited.findings(both, 1_000)]).toEqual([500, []]);
});

test('one that was installed and is not any more has its time again', () => {
  let nowMs = 0;
  const awaited = new Awaited('n1', () => nowMs);
  awaited.note([port('a')]);
  nowMs = 2_000;
  awaited.note([port('a', { isInstalled: true })]);
  awaited.note([port('a')]);
  expect(awaited.leftMs(1_000)).toBe(1_000);
});

test('what a container runtime asked for is awaited by the runtime', () => {
  const awaited = new Awaited('n1', () => 0);
  const sandbox = { id: 'c', network: 'berth', podUid: undefined };
  awaited.note([port('a', { sandbox })]);
  expect(awaited.leftMs(1_000)).toBe(0);
});
