import type { Snapshot } from '@berth/ovsdb/value';
import { Compiler } from '../compile/compiler.ts';
import { sortFindings } from '../finding/make.ts';
import type { Intent } from '../intent/intent.ts';
import { keepSame } from '../intent/keep-same.ts';
import type { Plan } from './change.ts';
import { Differ, type DifferOptions } from './differ.ts';
import { withLifts } from './lift.ts';
import { type TunnelBfdPlan, tunnelBfdPlan } from './tunnel-bfd.ts';

/**
 * The plan of an intent, at the cost of what changed since the last one. It is a cache, never the truth: what it says is what `compile`, `plan` and
 * `tunnelBfdPlan` say of the same intent and the same database, and a new one says it too.
 */
export class Planner {
  readonly #compiler = new Compiler();
  readonly #differ: Differ;
  #intent: Intent = { vpcs: [], externals: [] };

  readonly #instance: string;

  constructor(options: DifferOptions) {
    this.#instance = options.instance;
    this.#differ = new Differ(options);
  }

  plan(intent: Intent, observed: Snapshot): Plan {
    this.#intent = keepSame(this.#intent, intent);
    const { nodeNames, claims, tunnelBfd } = this.#intent;
    const plan = this.#differ.plan(this.#compiler.update(this.#intent), observed, { nodeNames, claims });
    return withGlobal(
      withLifts(plan, observed, nodeNames),
      tunnelBfdPlan(tunnelBfd, observed, this.#instance),
    );
  }
}

/** The plan with what the one row that all share needs. */
function withGlobal(plan: Plan, { change, finding }: TunnelBfdPlan): Plan {
  if (!change && !finding) return plan;
  return {
    ...plan,
    changes: change ? [...plan.changes, change] : plan.changes,
    findings: finding ? sortFindings([...plan.findings, finding]) : plan.findings,
    summary: change ? { ...plan.summary, update: plan.summary.update + 1 } : plan.summary,
  };
}
