import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { addResult, isSettled, type Result, readResults, tallyOf } from './results.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'berth-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const result = (text: string, disagree: number): Result => ({
  ...{ topology: 't', text, commit: 'c', flows: 4, agree: 3 - disagree, disagree, unknown: 0, conflict: 1 },
  ...{ slow: ['it took long'], wrong: [], isLate: false },
});

it('gives back what was added, without a line that was cut off', () => {
  const file = path.join(folder, 'results');
  expect(readResults(file)).toEqual([]);
  addResult(file, result('a', 0));
  addResult(file, result('b', 1));
  appendFileSync(file, '{"topology":"t","te');
  expect(readResults(file)).toEqual([result('a', 0), result('b', 1)]);
});

it('counts each case as it was played last, and tells of those that disagreed once', () => {
  const results = [result('a', 1), result('b', 2), result('a', 0), result('c', 0)];
  expect(tallyOf(results)).toEqual({
    ...{
      cases: 3,
      flows: 12,
      agree: 7,
      disagree: 2,
      unknown: 0,
      conflict: 3,
      slow: 3,
      stale: 0,
      doubted: 0,
      recovered: 1,
    },
  });
  const settled = isSettled(results);
  expect(['a', 'b', 'c', 'd'].map((text) => settled('t', text))).toEqual([true, false, true, false]);
});

it('keeps what traces said apart from what packets did, and is not done with a flow they contradict one another about', () => {
  const traced = { ...result('a', 0), opinion: 'trace' as const };
  const both = { ...result('b', 0), opinion: 'both' as const, doubted: ['one says this, one says that'] };
  const results = [traced, both, result('b', 1)];
  expect(isSettled(results)('t', 'a')).toBe(false);
  expect(isSettled(results, 'trace')('t', 'a')).toBe(true);
  expect(isSettled(results, 'both')('t', 'b')).toBe(false);
  expect(tallyOf(results)).toMatchObject({ cases: 3, doubted: 1, disagree: 1 });
});
