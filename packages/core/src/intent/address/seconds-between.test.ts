import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secondsBetween } from './seconds-between.ts';

const moment = fc.date({ min: new Date('1970-01-01'), max: new Date('2400-12-31'), noInvalidDate: true });

test('the time between two moments is what a calendar says', () => {
  fc.assert(
    fc.property(moment, moment, (from, to) => {
      const seconds = Math.floor(to.getTime() / 1_000) - Math.floor(from.getTime() / 1_000);
      expect(secondsBetween(from.toISOString(), to.toISOString())).toBe(seconds);
    }),
  );
});

test.each(['', '~', 'yesterday', '2026-01-01', '2026-01-01T00:00:00+01:00'])(
  '%j is no moment to count from',
  (text) => {
    expect(secondsBetween(text, '2026-01-01T00:00:00Z')).toBeUndefined();
    expect(secondsBetween('2026-01-01T00:00:00Z', text)).toBeUndefined();
  },
);
