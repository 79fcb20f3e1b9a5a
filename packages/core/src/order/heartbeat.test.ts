import { expect, test } from 'vitest';
import { heartbeatOf } from './heartbeat.ts';

test('is a second in a small network, and all agents together stay at 50 a second until there are 500', () => {
  expect([0, 1, 50, 51, 100, 101, 250, 251, 500, 501, 5_000].map(heartbeatOf)).toEqual([
    ...[1_000, 1_000, 1_000, 2_000, 2_000, 5_000, 5_000, 10_000, 10_000, 10_000, 10_000],
  ]);
});
