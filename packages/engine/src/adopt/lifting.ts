import { formatRef, refOf } from '@berth/api';
import {
  type Finding,
  keepingObjects,
  type Plan,
  type ResourceWrite,
  sortFindings,
  withWrites,
} from '@berth/core';
import { checkPlan } from '../pass/check-plan.ts';
import { memoryOf } from '../pass/memory.ts';
import { settle } from '../pass/prepare.ts';
import { type AdoptionInput, withoutKeep } from './adoption.ts';

/** What giving up what some objects keep comes to. */
export type Lifting = {
  /** To be stored: the objects without the annotation. */
  readonly writes: readonly ResourceWrite[];
  readonly plan: Plan;
  readonly findings: readonly Finding[];
};

/** What lifting the objects named, as `formatRef` writes them, would change; those that keep nothing are passed over. */
export function liftingOf(
  { resources, fabric, observed, settings }: AdoptionInput,
  names: ReadonlySet<string>,
): Lifting {
  const writes = keepingObjects(resources)
    .filter((each) => names.has(formatRef(refOf(each))))
    .map(withoutKeep);
  const { result } = settle(withWrites(resources, writes), fabric, settings);
  const plan = memoryOf(settings).planner.plan(result.intent, observed);
  const refused = checkPlan(plan, observed);
  return { writes, plan, findings: sortFindings([...result.findings, ...plan.findings, ...refused]) };
}
