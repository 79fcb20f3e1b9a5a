import { formatRef, type ResourceSet, refOf } from '@berth/api';
import {
  type Change,
  type Fabric,
  type Finding,
  keepingObjects,
  keepWrites,
  type ObjectRef,
  type Plan,
  type ResourceWrite,
  sortFindings,
  withAnnotation,
  withWrites,
} from '@berth/core';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { checkPlan, tried } from '../pass/check-plan.ts';
import { memoryOf, type PassSettings } from '../pass/pass.ts';
import { settle } from '../pass/prepare.ts';

/** An object that keeps what was found, and what it would mean if it did not. */
export type Kept = {
  readonly object: ObjectRef;
  /** The changes that giving it up brings once everything is taken over. */
  readonly onLift: readonly Change[];
};

/** What taking over the rows of somebody else comes to. */
export type Adoption = {
  /** To be stored first: what objects are to keep. */
  readonly keeps: readonly ResourceWrite[];
  readonly plan: Plan;
  readonly kept: readonly Kept[];
  readonly findings: readonly Finding[];
};

/** The databases and the objects as they are. */
export type AdoptionInput = {
  readonly resources: ResourceSet;
  readonly fabric: Fabric;
  readonly observed: Snapshot<NbTables>;
  readonly settings: PassSettings;
};

/** What `berth adopt` would store and change, without storing or changing anything. */
export function adoptionOf({ resources, fabric, observed, settings }: AdoptionInput): Adoption {
  const bare = settle(resources, fabric, settings);
  const keeps = keepWrites({ resources: bare.resources, intent: bare.result.intent, fabric, observed });
  const held = settle(withWrites(bare.resources, keeps), fabric, settings);
  const planFor = (intent: typeof held.result.intent, nb: Snapshot<NbTables>): Plan =>
    memoryOf({ ...settings, adopt: true }).planner.plan(intent, nb);
  const plan = planFor(held.result.intent, observed);
  const refused = checkPlan(plan, observed);
  const outcome = tried(plan.changes, observed);
  const after = outcome.kind === 'committed' ? outcome.snapshot : observed;
  const keeping = keepingObjects(held.resources);
  const lifted = settle(withWrites(held.resources, keeping.map(withoutKeep)), fabric, settings);
  const changes = Map.groupBy(planFor(lifted.result.intent, after).changes, ({ cause }) =>
    cause ? formatRef(cause) : '',
  );
  return {
    keeps,
    plan,
    kept: keeping.map((each) => ({
      object: refOf(each),
      onLift: changes.get(formatRef(refOf(each))) ?? [],
    })),
    findings: sortFindings([...held.result.findings, ...plan.findings, ...refused]),
  };
}

/** What to store for an object to keep nothing. */
export function withoutKeep(object: ReturnType<typeof keepingObjects>[number]): ResourceWrite {
  return { verb: 'upsert', object: withAnnotation(object, undefined) };
}
