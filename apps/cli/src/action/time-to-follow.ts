import { carriedOut } from '@berth/core';
import type { Ovn, PassResult } from '@berth/engine';

/** A chassis that has not carried out what was written so long ago stands still, ms. */
const standsStillMs = 3_000;

/** Whether chassis had the time to carry out what passes wrote: one that has not is only slow before. */
export type TimeToFollow = { readonly isOver: () => boolean; readonly note: (result: PassResult) => void };

/** Follows the passes on an OVN. */
export function timeToFollow({
  northbound,
  southbound,
}: Pick<Ovn, 'northbound' | 'southbound'>): TimeToFollow {
  let writtenMs = Number.NEGATIVE_INFINITY;
  const keepUp = (): boolean => {
    const [north] = northbound.snapshot().table('NB_Global');
    return [...carriedOut(southbound.snapshot()).values()].every((done) => done >= (north?.nb_cfg ?? 0));
  };
  return {
    isOver: () => Date.now() - writtenMs > standsStillMs || keepUp(),
    note({ written }) {
      if (written.changes > 0) writtenMs = Date.now();
    },
  };
}
