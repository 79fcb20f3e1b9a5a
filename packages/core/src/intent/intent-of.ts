import type { Resource, ResourceSet } from '@berth/api';
import type { Fabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { sortFindings } from '../finding/make.ts';
import { allocate } from './allocate.ts';
import { effectiveOf } from './effective.ts';
import { withGranted } from './granted.ts';
import type { Intent } from './intent.ts';
import { fullName, lookupOf } from './lookup.ts';
import { protect } from './protect.ts';
import { resolve } from './resolve.ts';
import { surveyOf } from './survey.ts';
import type { ResourceWrite } from './write.ts';

/** What an installation decides once. */
export type Settings = {
  /** Name of this Berth, and owner of the rows it writes. */
  readonly instance: string;
  /** The external subnet of VPCs and EIPs that name none. */
  readonly defaultExternalSubnet: string;
};

/** The intent of a set of resources, and what has to be stored before the rest of it can take effect. */
export type IntentResult = {
  readonly intent: Intent;
  /** To be stored first: finalizers, addresses, objects we make ourselves. Empty once they are stored. */
  readonly writes: readonly ResourceWrite[];
  /** Objects being deleted that cause no rows any more: to be let go once the rows are written. */
  readonly released: readonly Resource[];
  readonly findings: readonly Finding[];
};

/** Resolves resources to an intent. The order they come in does not matter. */
export function intentOf(resources: ResourceSet, fabric: Fabric, settings: Settings): IntentResult {
  const effective = effectiveOf(lookupOf(resources), settings.defaultExternalSubnet);
  const held = protect(effective.lookup);
  const survey = surveyOf(held.lookup, settings.defaultExternalSubnet);
  const allocated = allocate(survey, settings.instance);
  const { intent, findings } = resolve(withGranted(survey, allocated.granted), fabric);
  return {
    intent,
    writes: lastOfEach([...held.writes, ...allocated.writes]),
    released: effective.released,
    findings: sortFindings([...effective.findings, ...survey.findings, ...allocated.findings, ...findings]),
  };
}

/** One write per object: the last, which builds on the ones before. */
function lastOfEach(writes: readonly ResourceWrite[]): readonly ResourceWrite[] {
  return [
    ...new Map(writes.map((write) => [`${write.object.kind} ${fullName(write.object)}`, write])).values(),
  ];
}
