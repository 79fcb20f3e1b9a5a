import { expect, test } from 'vitest';
import { countReport } from './vitest-report.ts';

const file = (status: string, ...statuses: readonly string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((each, index) => ({ fullName: `case ${index}`, status: each })),
});

test('tests are counted by status, skipped ones by name', () => {
  const report = {
    success: false,
    testResults: [file('failed', 'passed', 'failed', 'skipped'), file('passed', 'todo', 'passed')],
  };
  expect(countReport(report, 'text')).toEqual({
    passed: 2,
    failed: 1,
    skipped: 2,
    unavailable: ['case 2', 'case 0'],
    output: 'text',
  });
});

test('a file that could not be loaded is one failed test', () => {
  expect(
    countReport({ success: false, testResults: [file('failed'), file('passed', 'passed')] }, ''),
  ).toMatchObject({
    passed: 1,
    failed: 1,
  });
});

test('a run that failed for no counted reason is one failed test', () => {
  expect(countReport({ success: false, testResults: [file('passed', 'passed')] }, '')).toMatchObject({
    passed: 1,
    failed: 1,
  });
});

test('a status this program does not know is a failure', () => {
  expect(countReport({ success: true, testResults: [file('passed', 'passed', 'novel')] }, '')).toMatchObject({
    passed: 1,
    failed: 1,
  });
});
