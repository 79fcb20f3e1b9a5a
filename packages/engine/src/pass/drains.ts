import type { ResourceSet } from '@berth/api';
import { type Fabric, type RecordedDrain, recordedDrains } from '@berth/core';

/**
 * The fabric with the gateways that have drained by `now` (RFC 3339). Since when they do is in the status of their Vpcs, so a
 * controller that was started anew goes on where the one before was.
 */
export function withDrained(
  fabric: Fabric,
  resources: ResourceSet,
  now: string,
  before: readonly RecordedDrain[] = [],
): Fabric {
  const recorded = recordedDrains(resources);
  const lost = before.filter(({ key }) => !recorded.some((each) => each.key === key));
  const over = [...recorded, ...lost].filter((drain) => leftMs(drain, now) <= 0);
  return over.length === 0 ? fabric : { ...fabric, drained: new Set(over.map(({ key }) => key)) };
}

/** The fabric with what drains have left at `now` (RFC 3339): for who looks once. In findings of pass after pass it would be news each time. */
export function withDrainLeft(fabric: Fabric, resources: ResourceSet, now: string): Fabric {
  const under = recordedDrains(resources).filter((drain) => leftMs(drain, now) > 0);
  if (under.length === 0) return fabric;
  const left = under.map((drain): [string, number] => [
    drain.key,
    Math.min(Math.ceil(leftMs(drain, now) / 1_000), drain.seconds),
  ]);
  return { ...fabric, drainLeft: new Map(left) };
}

/** The drains there are after a pass, each since when it was known to the pass before, whether that could be stored or not. */
export function followDrains(
  resources: ResourceSet,
  before: readonly RecordedDrain[],
): readonly RecordedDrain[] {
  return recordedDrains(resources).map((drain) => {
    const known = before.find(({ key }) => key === drain.key);
    return known ? { ...drain, since: known.since } : drain;
  });
}

/** In how many ms the next gateway will have drained; undefined where none drains. */
export function nextDrainedMs(drains: readonly RecordedDrain[], now: string): number | undefined {
  const left = drains.map((drain) => leftMs(drain, now)).filter((ms) => ms > 0);
  return left.length === 0 ? undefined : Math.min(...left);
}

/**
 * A clock that is a little behind the one that wrote the time makes a drain a little longer. One that is behind by more than the
 * drain itself, and a time that cannot be read, end it: nobody is to wait for ever.
 */
function leftMs({ since, seconds }: Pick<RecordedDrain, 'since' | 'seconds'>, now: string): number {
  const wholeMs = seconds * 1_000;
  const left = wholeMs - (Date.parse(now) - Date.parse(since));
  return left <= 2 * wholeMs ? left : 0;
}
