import type { StageResult } from './result.ts';

/** The part of the JSON reporter's file that is counted. */
export type VitestReport = {
  readonly success: boolean;
  readonly testResults: readonly VitestFile[];
};

type VitestFile = {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
};

/**
 * Counts tests by the reporter's own words. A file that failed without a failed test (it could not be loaded, or a hook
 * threw) counts as one failed test, and so does a run that failed although every file passed (an unhandled error).
 */
export function countReport(report: VitestReport, output: string): StageResult {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const withStatus = (...wanted: readonly string[]) => tests.filter(({ status }) => wanted.includes(status));
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  const passed = withStatus('passed').length;
  const failed = withStatus('failed').length + brokenFiles.length;
  const skippedTests = withStatus('skipped', 'pending', 'todo', 'disabled');
  const unexplained = !report.success && failed === 0 ? 1 : 0;
  const uncounted = tests.length - passed - withStatus('failed').length - skippedTests.length;
  return {
    passed,
    failed: failed + unexplained + uncounted,
    skipped: skippedTests.length,
    unavailable: skippedTests.map(({ fullName }) => fullName),
    output,
  };
}
