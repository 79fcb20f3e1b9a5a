import type { Resource } from '@berth/api';
import {
  findingNotices,
  lookupOf,
  passingNotices,
  type ResourceWrite,
  release,
  type Settings,
  type StatusInput,
} from '@berth/core';
import type { Listing, Source, SourceFault } from '@berth/source';
import { awaitedWrites, followLasting, knownLasting } from './lasting-pods.ts';
import type { PassMemory } from './memory.ts';
import { stillRefused, storeWillingly } from './refusals.ts';

/** Where a pass tells how it went, and when. */
type Telling = {
  readonly source: Source;
  readonly settings: Pick<Settings, 'defaultExternalSubnet'>;
  readonly now: () => string;
};

/** What a pass has come to, to be told. */
export type Outcome = Pick<StatusInput, 'intent' | 'findings' | 'fabric'> & {
  readonly listing: Listing;
  /** Objects to be let go now. */
  readonly released: readonly Resource[];
};

/** What was told, and what is listed then. */
export type Told = {
  readonly left: Listing;
  /** The statuses that changed and are stored. */
  readonly status: readonly ResourceWrite[];
  readonly refusal: SourceFault | undefined;
};

/** Lets go of what causes no rows any more, and tells how it went. */
export async function tell(
  { source, settings: { defaultExternalSubnet }, now }: Telling,
  memory: PassMemory,
  { listing, released, ...outcome }: Outcome,
): Promise<Told> {
  const refused = memory.refusals.last;
  const at = { known: refused, now: now() };
  const waiting = stillRefused(refused, listing.resources, at.now);
  const letGo = await storeWillingly(source, release(released), {
    ...{ ...at, waiting, resources: listing.resources },
  });
  const after = letGo.writes.length > 0 ? await source.list() : listing;
  memory.lasting.last = followLasting(
    after.resources,
    knownLasting(after.resources, memory.lasting.last),
    now(),
  );
  const noted = await storeWillingly(source, awaitedWrites(after.resources, memory.lasting.last), {
    ...{ ...at, waiting: letGo.refusals, resources: after.resources },
  });
  const left = noted.writes.length > 0 ? await source.list() : after;
  const { resources } = left;
  const status = memory.statusWrites({ ...outcome, resources, defaultExternalSubnet, now: now() });
  const stored = await storeWillingly(source, status, { ...at, waiting: noted.refusals, resources });
  memory.refusals.last = stored.refusals;
  const known = () => lookupOf(resources);
  await source.tell(
    findingNotices(outcome.findings, known),
    passingNotices(outcome.findings, stored.writes, known),
  );
  return { left, status: stored.writes, refusal: letGo.fault ?? noted.fault ?? stored.fault };
}
