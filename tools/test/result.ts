/** What a stage counted. A stage that counted nothing is a failure. */
export type StageResult = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests that were skipped, or what was missing for them. */
  readonly unavailable: readonly string[];
  /** Everything the stage printed; shown when something failed. */
  readonly output: string;
};

/** One part of the test run. `run` never throws for a failed test, only for a fault of the runner itself. */
export type Stage = {
  readonly name: string;
  /**
   * The stages that wait more than they work, and beside which this one runs on what they leave of the processors, when any of them is
   * wanted.
   */
  readonly beside?: readonly string[];
  readonly run: (context: StageContext) => Promise<StageResult>;
};

/** What every stage is given. */
export type StageContext = {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder for this run's own files, removed at its end. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Words before every command: how the system is to treat it. */
  readonly prefix: readonly string[];
};

/** A result that stands for one failed check. */
export function failure(output: string): StageResult {
  return { passed: 0, failed: 1, skipped: 0, unavailable: [], output };
}

/** A result that stands for one passed check. */
export function success(output: string): StageResult {
  return { passed: 1, failed: 0, skipped: 0, unavailable: [], output };
}

/** The sum of results; one failure if they count nothing together. */
export function total(results: readonly StageResult[]): StageResult {
  const sum = (pick: (result: StageResult) => number): number =>
    results.reduce((count, result) => count + pick(result), 0);
  const result = {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    unavailable: results.flatMap(({ unavailable }) => unavailable),
    output: results.map(({ output }) => output).join('\n'),
  };
  if (result.passed + result.failed > 0) return result;
  return { ...result, failed: 1, output: `${result.output}\nnot one test was run` };
}

/** `3 passed, 1 failed`, and `, 2 skipped` when there are any. */
export function countLine({ passed, failed, skipped }: StageResult): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
