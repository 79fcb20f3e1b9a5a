import type { DrilledFlow } from '@berth/lab';
import { expect, test } from 'vitest';
import { drillTotals } from '../output/drill-text.ts';
import { sumsOf } from '../output/sums.ts';
import { noTally, tallyOf } from './drill-tally.ts';

const flow = (agrees: DrilledFlow['agrees'], isSlow = false): DrilledFlow =>
  ({ agrees, isSlow, second: undefined }) as DrilledFlow;

test('a case is told by its own flows, and the whole by those of all cases', () => {
  const [first, second] = [
    tallyOf([flow('agree'), flow('agree', true)]),
    tallyOf([flow('disagree'), flow('unknown')]),
  ];
  expect(drillTotals(second)).toBe('2 flows tried: 0 agree, 1 disagree, 1 unknown, 0 conflict');
  expect([first, second].reduce((sum, each) => sumsOf(sum, each), noTally)).toEqual({
    ...{ cases: 4, agree: 2, disagree: 1, unknown: 1, conflict: 0 },
    ...{ doubted: 0, slow: 1 },
  });
});
