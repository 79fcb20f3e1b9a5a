import { expect, test } from 'vitest';
import { flowsState } from './flows-watch.ts';

const look = (count: number, oldestMs = 0) => ({ count, oldestMs });

test.each([
  ['none', look(0), look(0), undefined, false, false],
  ['some at the second look only', look(0), look(9), undefined, false, false],
  ['some at both looks, of an ovn-controller that was there before', look(9), look(9), undefined, true, true],
  ['the switch cannot be asked', look(9), undefined, undefined, false, false],
  ['older than the ovn-controller that was seen to start', look(9), look(9, 60_000), 3_000, true, false],
  ['made since it started', look(9), look(9, 2_000), 3_000, true, true],
])('flows: %s', (_, before, now, startedMs, areInstalled, areFresh) => {
  expect(flowsState(before, now, startedMs)).toEqual({ areInstalled, areFresh });
});
