import { formatRef, isRuleKind, type ResourceSet, refKey, refOf, resourcesIn } from '@berth/api';
import {
  type Drift,
  driftOf,
  type Fabric,
  type Finding,
  type Home,
  type Intent,
  type ObjectRef,
  type Plan,
  sortFindings,
  startingText,
} from '@berth/core';
import { located, type PassSettings, planOn, previewOf } from '@berth/engine';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Listing } from '@berth/source';
import { type ControllerState, isAtWork } from './controller-state.ts';

/** What is asked for, beside what NB has: the one place that every command asks about it. */
export type Asked = {
  /** With what is yet to be stored. */
  readonly resources: ResourceSet;
  readonly intent: Intent;
  readonly plan: Plan;
  readonly drift: Drift;
  /** What is wrong with what is asked for and how NB differs from it; worst first, with places in files. */
  readonly findings: readonly Finding[];
};

export type AskedInput = {
  readonly listing: Listing;
  readonly nb: Snapshot;
  readonly fabric: Fabric;
  readonly settings: PassSettings;
  /**
   * Whether one is at work. Nobody can take the place of one that was stopped; and where it cannot be told, as of saved databases, it is not said
   * that none is.
   */
  readonly controller: ControllerState;
  /** Where the objects live; undefined where that is not known. */
  readonly home: Home | undefined;
};

/** Compares what is asked for with an NB as it was read. */
export function askedOf(input: AskedInput): Asked {
  const { listing, nb, fabric, settings, controller, home } = input;
  const isControlled = isAtWork(controller);
  const { listing: settled, result } = previewOf(listing, fabric, settings);
  const plan = planOn(nb, result.intent, settings);
  const objects = new Set(resourcesIn(settled.resources).map((each) => formatRef(refOf(each))));
  const drift = driftOf({ changes: plan.changes, observed: nb, objects, isControlled, home });
  const differences = drift.findings
    .map((each) => ({ ...each, cure: otherCure(input) ?? each.cure }))
    .map((each) => located(each, listing));
  const known = [...listing.findings, ...result.findings, ...plan.findings];
  return {
    resources: settled.resources,
    intent: result.intent,
    plan,
    drift: { ...drift, missing: [...drift.missing, ...clashing(plan, drift)], findings: differences },
    findings: sortFindings([...known.map((each) => located(each, listing)), ...differences]),
  };
}

/** What is to be done where it is not simply that no controller runs. */
function otherCure({ controller: { running, stopped }, home }: AskedInput): string | undefined {
  if (stopped) return stoppedCure;
  if (running !== null) return undefined;
  return `whether a controller is at work that puts it right cannot be told from here; where none is: ${startingText(home)}`;
}

const stoppedCure =
  'the controller is stopped and programs nothing: let it go on with kill -CONT, or end it and start another one';

/** Rules that have no row because one of somebody else is in its place, or in that of one that is to hold it. */
function clashing({ findings }: Plan, { missing }: Drift): readonly ObjectRef[] {
  const known = new Set(missing.map(refKey));
  return findings.flatMap(({ code, object }) =>
    code === 'row-clash' && object && isRuleKind(object.kind) && !known.has(refKey(object)) ? [object] : [],
  );
}
