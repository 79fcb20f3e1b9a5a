import { type Resource, type ResourceSet, refKey, refOf } from '@berth/api';
import type { Fabric } from '../fabric/fabric.ts';
import { programmedOf } from '../fabric/programmed.ts';
import type { Finding } from '../finding/finding.ts';
import { sortFindings } from '../finding/make.ts';
import { allocate } from './address/allocate.ts';
import { withGranted } from './address/granted.ts';
import { effectiveOf } from './effective.ts';
import { programmedNode } from './gateway/programmed-node.ts';
import type { Intent } from './intent.ts';
import { withDefaultVpc } from './object/default-vpc.ts';
import { gatewayConfigOf } from './object/gateway-config.ts';
import { fullName, lookupOf } from './object/lookup.ts';
import { preferencesOf } from './object/preference.ts';
import { SettledPools } from './object/settled-pools.ts';
import type { Survey } from './object/surveyed.ts';
import type { ResourceWrite } from './object/write.ts';
import { protect } from './protect.ts';
import { resolve } from './resolve.ts';
import type { Settings } from './settings.ts';
import { surveyOf } from './survey.ts';

/** The intent of a set of resources, and what has to be stored before the rest of it can take effect. */
export type IntentResult = {
  readonly intent: Intent;
  /** To be stored first: finalizers, addresses, objects we make ourselves. Empty once they are stored. */
  readonly writes: readonly ResourceWrite[];
  /** Objects being deleted that cause no rows any more: to be let go once the rows are written. */
  readonly released: readonly Resource[];
  readonly findings: readonly Finding[];
};

/**
 * Resolves resources to an intent. The order they come in does not matter. What was programmed before matters only to what
 * is yet to be stored, and to objects of which it cannot be read what they keep (`withLastKeeps`): another answer without `writes` does
 * not depend on `fabric.northbound`. Whoever asks again and again gives the same
 * `pools`, which make it sooner and the answer no other.
 */
export function intentOf(
  resources: ResourceSet,
  fabric: Fabric,
  settings: Settings,
  pools = new SettledPools(),
): IntentResult {
  return resolved(surveyed(resources, fabric, settings, pools), fabric, settings);
}

/**
 * As `intentOf`, for those who store first: while there is something to be stored nothing is resolved, and the intent and the
 * findings are empty.
 */
export function intentOnceStored(
  resources: ResourceSet,
  fabric: Fabric,
  settings: Settings,
  pools = new SettledPools(),
): IntentResult {
  const found = surveyed(resources, fabric, settings, pools);
  if (found.writes.length === 0) return resolved(found, fabric, settings);
  const { writes, released } = found;
  return { intent: { vpcs: [], externals: [] }, writes, released, findings: [] };
}

/** Everything but the intent itself. */
type Surveyed = Omit<IntentResult, 'intent'> & { readonly survey: Survey };

function surveyed(resources: ResourceSet, fabric: Fabric, settings: Settings, pools: SettledPools): Surveyed {
  const { defaultExternalSubnet: subnet, refused } = settings;
  const listed = lookupOf(resources, pools);
  const { config, findings: configFindings } = gatewayConfigOf(listed);
  const implied = withDefaultVpc(listed, config);
  const effective = effectiveOf(implied.lookup, subnet, config, pools, fabric.guestPorts);
  const held = protect(pools, effective.lookup, refused);
  const before = programmedOf(fabric.northbound, settings.instance, pools);
  const survey = surveyOf(pools, held.lookup, subnet, config, programmedNode(held.lookup, fabric, before));
  const leaving = onTheirWay(effective.released);
  const preferences = preferencesOf(survey, before);
  const allocated = allocate(survey, settings.instance, preferences, pools, fabric.foreignAddresses);
  return {
    survey: withGranted(survey, allocated.granted, pools),
    writes: lastOfEach([...implied.writes, ...held.writes, ...allocated.writes]).filter(({ object }) => {
      const key = refKey(refOf(object));
      return !refused?.has(key) && (object.metadata.uid !== undefined || !leaving.has(key));
    }),
    released: effective.released,
    findings: [...configFindings, ...effective.findings, ...survey.findings, ...allocated.findings],
  };
}

function resolved({ survey, ...rest }: Surveyed, fabric: Fabric, settings: Settings): IntentResult {
  const { intent, findings } = resolve(survey, fabric, settings);
  return { ...rest, intent, findings: sortFindings([...rest.findings, ...findings]) };
}

/** The stored objects that are yet to go, by `refKey`: only then can one of the name be made. */
function onTheirWay(released: readonly Resource[]): ReadonlySet<string> {
  return new Set(released.flatMap((each) => (each.metadata.uid === undefined ? [] : refKey(refOf(each)))));
}

/** One write per object: the last, which builds on the ones before. */
function lastOfEach(writes: readonly ResourceWrite[]): readonly ResourceWrite[] {
  return [
    ...new Map(writes.map((write) => [`${write.object.kind} ${fullName(write.object)}`, write])).values(),
  ];
}
