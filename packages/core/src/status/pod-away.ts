import { awaitedPodOf, formatRef, refOf } from '@berth/api';
import type { Lookup } from '../intent/object/lookup.ts';
import { hasEnded, podOfPort } from '../intent/object/port-holder.ts';

/** Why nobody has a workload's port, as the objects have it. */
export type PodAway = {
  readonly why: string;
  /** That the address is kept for the next pod of the name. */
  readonly isKept: boolean;
};

/** That nobody has a workload's port because its pod has ended, is gone or is on its way out, and what becomes of the address; undefined where none is. */
export function podAway(port: string, lookup: Pick<Lookup, 'IP' | 'Pod'>): PodAway | undefined {
  const pod = podOfPort(port, lookup);
  if (pod && !hasEnded(pod)) {
    const { deletionTimestamp } = pod.metadata;
    if (deletionTimestamp === undefined) return undefined;
    const why = `${formatRef(refOf(pod))} is being deleted and has left the network; its node has until ${deletionTimestamp} to end it`;
    return { why, isKept: false };
  }
  const ip = lookup.IP.get(port);
  const awaited = ip && awaitedPodOf(ip);
  if (!awaited) return pod && { why: `${formatRef(refOf(pod))} has ended`, isKept: false };
  const gone = `${formatRef(refOf(awaited.pod))} is gone since ${awaited.since}`;
  const why = `${gone}; its address is kept until ${awaited.until} for the next pod of that name`;
  return { why, isKept: true };
}
