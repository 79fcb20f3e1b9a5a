import { type Resource, resourceSetOf } from '@berth/api';
import { type Finding, sortFindings } from '@berth/core';
import type { Listing } from '../source.ts';
import { effective } from '../state/effective.ts';
import type { State } from '../state/state.ts';
import type { FolderReading } from './folder-reading.ts';

/** The listing of a state, with what there is to say about the folder it was brought up to. */
export function listingOf(
  state: State,
  reading: FolderReading | undefined,
  findings: readonly Finding[],
): Listing {
  const resources = [...state.entries.values()]
    .map(effective)
    .filter((resource): resource is Resource => resource !== undefined);
  return {
    resources: resourceSetOf(resources),
    findings: sortFindings([...(reading?.findings ?? []), ...findings]),
    epoch: state.epoch,
    locate: (object, field) => reading?.locate(object, field),
  };
}
