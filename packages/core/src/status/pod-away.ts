import { awaitedPodOf, formatRef, refOf } from '@berth/api';
import type { Lookup } from '../intent/lookup.ts';
import { podOfPort } from '../intent/pod.ts';
import { hasEnded } from '../intent/port-holder.ts';

/** That nobody has a workload's port because its pod has ended, is gone or is on its way out, and what becomes of the address; undefined where none is. */
export function podAway(port: string, lookup: Pick<Lookup, 'IP' | 'Pod'>): string | undefined {
  const pod = podOfPort(port, lookup);
  if (pod && !hasEnded(pod)) {
    const { deletionTimestamp } = pod.metadata;
    if (deletionTimestamp === undefined) return undefined;
    return `${formatRef(refOf(pod))} is being deleted and has left the network; its node has until ${deletionTimestamp} to end it`;
  }
  const ip = lookup.IP.get(port);
  const awaited = ip && awaitedPodOf(ip);
  if (!awaited) return pod && `${formatRef(refOf(pod))} has ended`;
  const gone = `${formatRef(refOf(awaited.pod))} is gone since ${awaited.since}`;
  return `${gone}; its address is kept until ${awaited.until} for the next pod of that name`;
}
