import { SourceFault } from '@berth/source';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { leaseHealth } from './lease-health.ts';

function bench() {
  const lines: string[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line: string) => void lines.push(JSON.parse(line).msg) },
  );
  const clock = { nowMs: 0 };
  return {
    lines,
    clock,
    health: leaseHealth(log, () => clock.nowMs),
  };
}

const away = (why: string) =>
  new SourceFault('cluster-unreachable', `the API server does not answer: ${why}`);

test('a Lease that is not heard of for longer than it counts is told, and heard of again', () => {
  const { lines, clock, health } = bench();
  health.answered();
  clock.nowMs = 12_000;
  health.failed(away('one'));
  expect(health.check()).toEqual({ name: 'lease', isFine: true });
  clock.nowMs = 24_000;
  health.failed(away('another'));
  expect(health.check()).toEqual({
    ...{ name: 'lease', isFine: false },
    why: 'not heard of for 24 s: the API server does not answer: another',
  });
  health.answered();
  health.answered();
  expect(health.check().isFine).toBe(true);
  expect(lines).toEqual(['the Lease cannot be had; trying again', 'the Lease is followed again']);
});

test('something else that is in the way is told too', () => {
  const { lines, health } = bench();
  health.failed(away('one'));
  health.failed(new SourceFault('unauthorized', 'the credentials have expired'));
  expect(lines).toHaveLength(2);
});
