import { expect, test } from 'vitest';
import { hasLapsed, heldBy, isFree, leaseRecord, letGo } from './lease-record.ts';

const lease = {
  metadata: { resourceVersion: '9', annotations: { 'berth.dev/epoch': '4' } },
  spec: {
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    leaseTransitions: 2,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:05.000000Z',
  },
};
const now = '2026-01-01T00:01:00.000000Z';

test('a Lease is free when nobody holds it, we do, or its holder was silent for its time', () => {
  const record = leaseRecord(lease);
  expect(isFree(record, { identity: 'a' }, 0)).toBe(true);
  expect(isFree(record, { identity: 'b' }, 15_000)).toBe(false);
  expect(isFree(record, { identity: 'b' }, 15_001)).toBe(true);
  expect(isFree(leaseRecord({}), { identity: 'b' }, 0)).toBe(true);
});

test('a Lease has lapsed when it was not renewed for its time, and some more as clocks differ', () => {
  const renewedMs = Date.parse(lease.spec.renewTime);
  expect(hasLapsed(leaseRecord(lease), renewedMs + 16_000)).toBe(false);
  expect(hasLapsed(leaseRecord(lease), renewedMs + 20_001)).toBe(true);
  expect(hasLapsed(leaseRecord({}), renewedMs)).toBe(true);
});

test('taking over counts a transition, renewing does not', () => {
  const record = leaseRecord(lease);
  expect(heldBy({ identity: 'b', durationSeconds: 15 }, record, now)).toMatchObject({
    holderIdentity: 'b',
    leaseTransitions: 3,
    acquireTime: now,
    renewTime: now,
  });
  expect(heldBy({ identity: 'a', durationSeconds: 15 }, record, now)).toMatchObject({
    leaseTransitions: 2,
    acquireTime: lease.spec.acquireTime,
    renewTime: now,
  });
});

test('one that was let go can be taken at once', () => {
  const left = leaseRecord({ metadata: lease.metadata, spec: letGo(leaseRecord(lease), now) });
  expect(isFree(left, { identity: 'b' }, 0)).toBe(true);
  expect(left.epoch).toBe(4);
});

test.each([['x'], ['-1'], ['1.5'], [undefined]])('an epoch of %s is none', (text) => {
  expect(leaseRecord({ metadata: { annotations: { 'berth.dev/epoch': text } } }).epoch).toBe(0);
});
