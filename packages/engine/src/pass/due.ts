import type { ResourceSet } from '@berth/api';
import { nextDrainedMs } from './drains.ts';
import { nextForgottenMs } from './lasting-pods.ts';
import type { PassMemory } from './memory.ts';
import { nextTryMs } from './refusals.ts';
import { nextStuckMs } from './stuck-pods.ts';

/** In how many ms a pass has something to do though nothing changes; undefined where none has. */
export function dueInMs(
  { drains, lasting, refusals }: PassMemory,
  resources: ResourceSet,
  now: string,
): number | undefined {
  const times = [
    nextDrainedMs(drains.last, now),
    nextStuckMs(resources, now),
    nextForgottenMs(lasting.last, now),
    nextTryMs(refusals.first, now),
    nextTryMs(refusals.last, now),
  ];
  const known = times.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
