import type { FindingCode } from '../finding/catalogue.ts';
import type { Outcome, Verdict } from './verdict.ts';

/** Whether something works as things are now. */
export type Works = {
  readonly outcome: Outcome;
  /** Undefined where it works. */
  readonly reason: FindingCode | undefined;
  /** One sentence. */
  readonly why: string;
};

/**
 * Whether all of some conversations work, by the worst of them; undefined where there is none. What a workload sends to its own address
 * does not count.
 */
export function worksOf(verdicts: readonly Verdict[]): Works | undefined {
  const asked = verdicts.filter(({ flow }) => flow.direction !== 'hairpin');
  const ending = (outcome: Outcome) => asked.find(({ after }) => after.outcome === outcome);
  const worst = ending('lost') ?? ending('unknown') ?? ending('delivered');
  return worst && { outcome: worst.after.outcome, reason: worst.after.reason, why: worst.why };
}
