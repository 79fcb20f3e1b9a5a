import type { FlowState } from '@berth/core';
import { expect, it } from 'vitest';
import { agreement, isSlow, type Observed, outageToleranceMs } from './compare.ts';

const state = (parts: Partial<FlowState>): FlowState => ({
  ...{ outcome: 'delivered', berth: undefined, reason: undefined, conflict: [], missing: [] },
  ...parts,
});
const seen = (outcome: Observed['outcome'], berth?: string, answerers: readonly string[] = []): Observed => ({
  ...{ outcome, berth, answerers, sent: 3, lost: 0, outageMs: undefined },
});
const conflict = state({ outcome: 'unknown', conflict: ['a', 'b'] });

it.each([
  ['the same outcome by the same node', state({ berth: 'a' }), seen('delivered', 'a', ['a']), 'agree'],
  ['another node', state({ berth: 'a' }), seen('delivered', 'b'), 'disagree'],
  ['a second that answers', state({ berth: 'a' }), seen('delivered', 'a', ['a', 'b']), 'disagree'],
  ['a node that packets do not tell', state({ berth: 'a' }), seen('delivered'), 'agree'],
  ['delivered instead of lost', state({ outcome: 'lost' }), seen('delivered', 'a'), 'disagree'],
  ['lost instead of delivered', state({ berth: 'a' }), seen('lost'), 'disagree'],
  ['lost, whoever answers', state({ outcome: 'lost', berth: 'a' }), seen('lost', 'b'), 'agree'],
  ['nothing claimed', state({ outcome: 'unknown', missing: ['more'] }), seen('lost'), 'unknown'],
  ['nothing seen', state({ berth: 'a' }), seen('unknown'), 'unknown'],
  ['two that answer, and nothing else seen', conflict, seen('unknown', undefined, ['a', 'b']), 'conflict'],
  ['two that answer', conflict, seen('delivered', 'a', ['b', 'a']), 'conflict'],
  ['two that answer, and neither serves', conflict, seen('lost', undefined, ['a', 'b']), 'conflict'],
  ['one of two that answers', conflict, seen('delivered', 'a', ['a']), 'disagree'],
  ['two others that answer', conflict, seen('lost', undefined, ['a', 'c']), 'disagree'],
  ['a third that serves', conflict, seen('delivered', 'c', ['a', 'b']), 'disagree'],
] as const)('%s', (_, predicted, observed, expected) => {
  expect(agreement(predicted, observed, { direction: 'inbound', externalIp: '10.0.0.1' })).toBe(expected);
});

it('asks less of a conflict between workloads', () => {
  const asked = { direction: 'hairpin', externalIp: '10.0.0.1' } as const;
  expect(agreement(conflict, seen('delivered', 'a', ['a']), asked)).toBe('conflict');
  expect(agreement(conflict, seen('lost'), asked)).toBe('disagree');
  expect(agreement(conflict, seen('delivered', 'c'), asked)).toBe('disagree');
});

it('lets the other workload’s node be silent about its IPv6 address where the packets arrive', () => {
  const asked = { direction: 'hairpin', externalIp: 'fd00::1' } as const;
  expect(agreement(conflict, seen('delivered', 'c'), asked)).toBe('conflict');
  expect(agreement(conflict, seen('lost'), asked)).toBe('disagree');
});

it('lets one of two be silent about an IPv6 address, and nobody else speak', () => {
  const asked = { direction: 'outbound', externalIp: 'fd00::1' } as const;
  expect(agreement(conflict, seen('delivered', 'b', ['a']), asked)).toBe('conflict');
  expect(agreement(conflict, seen('delivered', 'b', ['a', 'c']), asked)).toBe('disagree');
  expect(agreement(conflict, seen('lost'), asked)).toBe('disagree');
});

it('calls an outage slow that is longer than expected by more than the tolerance', () => {
  const expected = { ms: 2_000, terms: {} };
  const away = (outageMs: number | undefined): Observed => ({ ...seen('delivered', 'a'), outageMs });
  expect(isSlow(expected, away(2_000 + outageToleranceMs))).toBe(false);
  expect(isSlow(expected, away(2_001 + outageToleranceMs))).toBe(true);
  expect(isSlow(expected, away(undefined))).toBe(false);
  expect(isSlow(undefined, away(60_000))).toBe(false);
});
