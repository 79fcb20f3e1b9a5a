import { type Resource, type ResourceSet, refKey, refOf } from '@berth/api';
import {
  differenceOf,
  type Fabric,
  firstUseOf,
  fullName,
  type IntentResult,
  intentOf,
  intentOnceStored,
  lookupOf,
  type ResourceWrite,
  type Settings,
  sortFindings,
  withoutEips,
  withWrites,
} from '@berth/core';
import type { Listing, Reader, Source, SourceFault } from '@berth/source';
import { EngineFault } from '../engine-fault.ts';
import { withDrained, withDrainLeft } from './drains.ts';
import { keptFindings, knownLasting, withAwaitedPods } from './lasting-pods.ts';
import { nothingRefused, type Refusals, stillRefused, storeWillingly, withRefusals } from './refusals.ts';
import { stuckFindings, withoutStuckPods } from './stuck-pods.ts';

/** A listing and its intent, with nothing left that must be stored first. */
export type Prepared = {
  readonly listing: Listing;
  readonly result: IntentResult;
  /** What could not be stored, or is still there though nobody asks for it. */
  readonly refusals: Refusals;
  /** Why something was refused now; absent where nothing was. */
  readonly refusal?: SourceFault;
};

/** What was refused before, at what time (RFC 3339) it is looked at again. */
export type RefusedBefore = { readonly known: Refusals; readonly now: string };

/** Each round stores what the one before found missing; three are needed at most when nobody else writes. */
const maximumRounds = 8;

/** Up to so many writes are under way at once, and over after one answer of a cluster. */
const few = 16;

/**
 * Reads the resources, and stores addresses, finalizers and the objects we make ourselves until none is missing.
 * Nothing may be programmed with an address that is not stored. Objects that come while the first few are stored join them, such as the EIP
 * of a floating IP that was made a moment before it; all others that come while this goes on are for the next
 * pass, or a burst of them would keep everything else waiting. An object of which the cluster refuses what is to be stored is left out, as
 * far as it is not stored, and keeps nothing else from being programmed; it is left alone for a while then.
 */
export async function prepare(
  source: Source,
  fabric: Fabric,
  settings: Settings,
  resolve = intentOnceStored,
  { known: refusedBefore, now }: RefusedBefore = neverRefused(),
): Promise<Prepared> {
  let known: Known | undefined;
  let refusals: Refusals | undefined;
  let refusal: SourceFault | undefined;
  for (let round = 0; round < maximumRounds; round++) {
    const listing = withoutOthers(await source.list(), known);
    const { resources } = listing;
    refusals ??= stillRefused(refusedBefore, resources, now);
    const result = resolve(resources, fabric, settingsWith(settings, refusals));
    if (result.writes.length === 0)
      return {
        ...{ listing, refusals, result: withRefusals(result, refusals) },
        ...(refusal && { refusal }),
      };
    const mayJoin = round === 0 && result.writes.length <= few;
    if (!mayJoin)
      known = { first: known?.first ?? resources, made: [...(known?.made ?? []), ...result.writes] };
    const storing = { resources, known: refusedBefore, waiting: refusals, now };
    const stored = await storeWillingly(source, result.writes, storing);
    refusals = stored.refusals;
    refusal ??= stored.fault;
  }
  throw new EngineFault(
    'unsettled',
    'the resources changed while their addresses were being stored: trying again',
  );
}

function neverRefused(): RefusedBefore {
  return { known: nothingRefused, now: new Date().toISOString() };
}

function settingsWith(settings: Settings, refusals: Refusals): Settings {
  return refusals.size === 0 ? settings : { ...settings, refused: new Set(refusals.keys()) };
}

/** The objects that were there at first, and those that were written since. */
type Known = { readonly first: ResourceSet; readonly made: readonly ResourceWrite[] };

/** A listing with the known objects only; all of it while none are said to be known. */
function withoutOthers(listing: Listing, known: Known | undefined): Listing {
  if (!known) return listing;
  const first = new Map<string, readonly Resource[]>(Object.entries(known.first));
  const made = new Set(known.made.map(({ object }) => refKey(refOf(object))));
  const names = lookupOf(known.first);
  const isKnown = (object: Resource): boolean =>
    names[object.kind].has(fullName(object)) || made.has(refKey(refOf(object)));
  const ofKind = ([kind, list]: [string, readonly Resource[]]) => {
    const others = new Set(differenceOf(first.get(kind) ?? [], list).come.filter((each) => !isKnown(each)));
    return [kind, others.size === 0 ? list : list.filter((each) => !others.has(each))] as const;
  };
  const resources = Object.fromEntries(Object.entries(listing.resources).map(ofKind));
  return { ...listing, resources: { ...listing.resources, ...resources } };
}

/** The same without storing anything: what {@link prepare} would come to, at `now` (RFC 3339). For `plan`. */
export async function preview(
  reader: Pick<Reader, 'list'>,
  fabric: Fabric,
  settings: Settings,
  now = new Date().toISOString(),
): Promise<Prepared> {
  return previewOf(await reader.list(), fabric, settings, now);
}

/** As {@link preview}, of objects that were listed already. */
export function previewOf(
  listing: Listing,
  fabric: Fabric,
  settings: Settings,
  now = new Date().toISOString(),
): Prepared {
  const seen = withDrainLeft(withDrained(fabric, listing.resources, now), listing.resources, now);
  const awaited = knownLasting(listing.resources, new Map());
  const present = withoutStuckPods(listing.resources, now);
  const settled = settle(withAwaitedPods(present, awaited, now), seen, settings);
  const { result } = settled;
  // Those that are awaited are nobody's objects.
  const resources = { ...settled.resources, Pod: present.Pod };
  // What nobody was asked for yet is shown as if it were free.
  const { defaultExternalSubnet } = settings;
  const isOverdue = (): boolean => true;
  const use = firstUseOf({ resources, intent: result.intent, fabric, defaultExternalSubnet, isOverdue });
  const intent = withoutEips(result.intent, use.withheld);
  const findings = sortFindings([
    ...result.findings,
    ...use.findings,
    ...stuckFindings(listing.resources, now),
    ...keptFindings(listing.resources, now),
  ]);
  return {
    listing: { ...listing, resources },
    result: { ...result, intent, findings },
    refusals: nothingRefused,
  };
}

/** Resources as they are once everything is stored that they ask for, and their intent. */
export function settle(
  asked: ResourceSet,
  fabric: Fabric,
  settings: Settings,
): { readonly resources: ResourceSet; readonly result: IntentResult } {
  let resources = asked;
  for (let round = 0; round < maximumRounds; round++) {
    const result = intentOf(resources, fabric, settings);
    if (result.writes.length === 0) return { resources, result };
    resources = withWrites(resources, result.writes);
  }
  throw new EngineFault('unsettled', 'the intent does not settle: this is a fault of Berth');
}
