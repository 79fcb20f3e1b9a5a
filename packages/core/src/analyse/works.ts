import type { FindingCode } from '../finding/catalogue.ts';
import { triesPass } from './filter/filtered.ts';
import type { Outcome, Verdict } from './verdict.ts';

/** Whether something works as things are now. */
export type Works = {
  readonly outcome: Outcome;
  /** Undefined where all of it works; `acl-drops-part` where it does but for packets that anybody may send. */
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
  const worst = ending('lost') ?? ending('unknown') ?? asked.find(missesSome) ?? ending('delivered');
  if (worst === undefined) return undefined;
  const [drop] = missesSome(worst) ? (worst.flow.partly?.drops ?? []) : [];
  const { outcome, reason } = worst.after;
  if (drop === undefined) return { outcome, reason, why: worst.why };
  return { outcome, reason: 'acl-drops-part', why: `${worst.why}; ${drop.by} ${drop.what}` };
}

/** Whether it is delivered but for packets that were tried. */
function missesSome({ flow, after }: Verdict): boolean {
  return after.outcome === 'delivered' && flow.partly !== undefined && !triesPass(flow.partly);
}
