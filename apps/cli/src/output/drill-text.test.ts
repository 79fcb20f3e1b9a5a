import { expect, test } from 'vitest';
import type { DrilledFlowAnswer, TraceAnswer } from '../schema/drill.ts';
import { drillTable, drillTotals } from './drill-text.ts';
import { styleOf } from './style.ts';

const flow = (trace: Partial<TraceAnswer> | null): DrilledFlowAnswer =>
  ({
    ...{ target: 'fip/web', source: null, direction: 'inbound', externalIp: '10.9.101.9', conflict: [] },
    ...{ placement: 'centralized', predicted: { outcome: 'delivered', berth: 'node-2' } },
    observed: { outcome: 'lost', berth: null, answerers: [], outageMs: null, sent: 3, lost: 3 },
    ...{ agrees: 'disagree', slow: false, trace },
  }) as unknown as DrilledFlowAnswer;

const plain = styleOf(false);

test('traces have a column where they were asked, and say whom to doubt', () => {
  const traced = { outcome: 'delivered', berth: 'node-2', packets: 'disagree', doubt: 'packets' } as const;
  const told = drillTable([flow(traced)], plain);
  expect(told).toContain('TRACE');
  expect(told).toContain('node-2, doubt the packets');
  expect(drillTable([flow(null)], plain)).not.toContain('TRACE');
});

test('the totals tell of flows that packets and traces contradict one another about', () => {
  const summary = { cases: 2, agree: 1, disagree: 1, unknown: 0, conflict: 0, slow: 0 };
  expect(drillTotals({ ...summary, doubted: 1 })).toContain('packets and traces contradict one another in 1');
  expect(drillTotals({ ...summary, doubted: 0 })).not.toContain('contradict');
});
