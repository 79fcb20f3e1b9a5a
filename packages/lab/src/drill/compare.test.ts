import type { FlowState } from '@berth/core';
import { expect, it } from 'vitest';
import { agreement, type Observed } from './compare.ts';

const state = (parts: Partial<FlowState>): FlowState => ({
  ...{ outcome: 'delivered', berth: undefined, reason: undefined, conflict: [], missing: [] },
  ...parts,
});
const seen = (outcome: Observed['outcome'], berth?: string): Observed => ({
  ...{ outcome, berth, answerers: [], sent: 3, lost: 0, outageMs: undefined },
});

it.each([
  ['the same outcome by the same node', state({ berth: 'a' }), seen('delivered', 'a'), 'agree'],
  ['another node', state({ berth: 'a' }), seen('delivered', 'b'), 'disagree'],
  ['a node that packets do not tell', state({ berth: 'a' }), seen('delivered'), 'agree'],
  ['delivered instead of lost', state({ outcome: 'lost' }), seen('delivered', 'a'), 'disagree'],
  ['lost instead of delivered', state({ berth: 'a' }), seen('lost'), 'disagree'],
  ['lost, whoever answers', state({ outcome: 'lost', berth: 'a' }), seen('lost', 'b'), 'agree'],
  ['nothing claimed', state({ outcome: 'unknown', missing: ['more'] }), seen('lost'), 'unknown'],
  [
    'two that answer',
    state({ outcome: 'unknown', conflict: ['a', 'b'] }),
    seen('delivered', 'a'),
    'conflict',
  ],
] as const)('%s', (_, predicted, observed, expected) => {
  expect(agreement(predicted, observed)).toBe(expected);
});
