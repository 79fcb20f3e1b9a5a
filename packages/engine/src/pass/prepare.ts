import { type Fabric, type IntentResult, intentOf, type Settings, withWrites } from '@berth/core';
import type { Listing, Reader, Source } from '@berth/source';
import { EngineFault } from '../engine-fault.ts';

/** A listing and its intent, with nothing left that must be stored first. */
export type Prepared = { readonly listing: Listing; readonly result: IntentResult };

/** Each round stores what the one before found missing; three are needed at most when nobody else writes. */
const maximumRounds = 8;

/**
 * Reads the resources, and stores addresses, finalizers and the objects we make ourselves until none is missing.
 * Nothing may be programmed with an address that is not stored.
 */
export async function prepare(
  source: Source,
  fabric: Fabric,
  settings: Settings,
  resolve = intentOf,
): Promise<Prepared> {
  for (let round = 0; round < maximumRounds; round++) {
    const listing = await source.list();
    const result = resolve(listing.resources, fabric, settings);
    if (result.writes.length === 0) return { listing, result };
    await source.store(result.writes);
  }
  throw new EngineFault(
    'unsettled',
    'the resources changed while their addresses were being stored: trying again',
  );
}

/** The same without storing anything: what {@link prepare} would come to. For `plan`. */
export async function preview(reader: Reader, fabric: Fabric, settings: Settings): Promise<Prepared> {
  let listing = await reader.list();
  for (let round = 0; round < maximumRounds; round++) {
    const result = intentOf(listing.resources, fabric, settings);
    if (result.writes.length === 0) return { listing, result };
    listing = { ...listing, resources: withWrites(listing.resources, result.writes) };
  }
  throw new EngineFault('unsettled', 'the intent does not settle: this is a fault of Berth');
}
