import type { LabStatus } from '@berth/lab';
import { expect, test } from 'vitest';
import { requireWhole } from './drill.ts';

const status = (changes: Partial<LabStatus>): LabStatus =>
  ({
    ...{ name: 'l', central: { 'ovn-northd': 7 }, failures: [] },
    nodes: [{ name: 'node-1', daemons: { 'ovn-controller': 9 } }],
    ...changes,
  }) as LabStatus;

test('a lab with a daemon that is down is not drilled, and the daemon is named', () => {
  expect(() => requireWhole(status({}))).not.toThrow();
  const node = {
    name: 'node-2',
    daemons: { 'ovn-controller': null },
  } as unknown as LabStatus['nodes'][number];
  expect(() => requireWhole(status({ nodes: [node] }))).toThrow(
    'lab l is broken already: ovn-controller of node-2 is down',
  );
  expect(() => requireWhole(status({ central: { 'ovn-northd': null } }))).toThrow(
    'ovn-northd of central is down',
  );
});
