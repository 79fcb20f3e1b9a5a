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
import { memoryOf, type PassSettings } from '../pass/memory.ts';
import { settle } from '../pass/prepare.ts';
import { aftermathOf } from './aftermath.ts';

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
  /** What the controller changes of gateway groups after that, step by step. */
  readonly afterwards: readonly Change[];
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
    memoryOf({ ...settings, adopt: 'quietly' }).planner.plan(intent, nb);
  const plan = planFor(held.result.intent, observed);
  const refused = checkPlan(plan, observed);
  const outcome = tried(plan.changes, observed);
  const after = outcome.kind === 'committed' ? outcome.snapshot : observed;
  const afterwards = aftermathOf({
    ...{ fabric, after, planFor },
    intentIn: (seen) => settle(held.resources, seen, settings).result.intent,
  });
  const keeping = keepingObjects(held.resources);
  const lifted = settle(withWrites(held.resources, keeping.map(withoutKeep)), fabric, settings);
  const changes = Map.groupBy(planFor(lifted.result.intent, after).changes, ({ cause }) =>
    cause ? formatRef(cause) : '',
  );
  return {
    keeps,
    plan,
    afterwards,
    kept: keeping.map((each) => ({
      object: refOf(each),
      onLift: (changes.get(formatRef(refOf(each))) ?? []).flatMap(withoutMarks),
    })),
    findings: sortFindings([...held.result.findings, ...plan.findings, ...refused]),
  };
}

/** A change without that of its marks, which is nobody's concern; nothing where no other is left. */
function withoutMarks(change: Change): readonly Change[] {
  const { external_ids: marks, ...columns } = change.columns;
  const isMark = marks !== undefined && change.verb === 'update' && Object.keys(columns).length === 0;
  return isMark ? [] : [{ ...change, columns }];
}

/** What to store for an object to keep nothing. */
export function withoutKeep(object: ReturnType<typeof keepingObjects>[number]): ResourceWrite {
  return { verb: 'upsert', object: withAnnotation(object, undefined) };
}
