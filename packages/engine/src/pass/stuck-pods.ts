import type { Pod, ResourceSet } from '@berth/api';
import { isLasting } from './lasting-pods.ts';

/** How long a node may take to tell that a pod has ended, beyond the time that the pod was given for it. */
const graceMs = 30_000;

/**
 * The resources without pods that should have ended long ago by `now` (RFC 3339) and are still there, as those of a node that is
 * gone: others may have their addresses. Not those of StatefulSets, which get no successor before they are gone.
 */
export function withoutStuckPods(resources: ResourceSet, now: string): ResourceSet {
  const isStuck = (pod: Pod): boolean => (leftMs(pod, now) ?? 1) <= 0;
  return resources.Pod.some(isStuck)
    ? { ...resources, Pod: resources.Pod.filter((pod) => !isStuck(pod)) }
    : resources;
}

/** In how many ms the next pod will be stuck; undefined where none ends. */
export function nextStuckMs({ Pod: pods }: Pick<ResourceSet, 'Pod'>, now: string): number | undefined {
  const left = pods.map((pod) => leftMs(pod, now) ?? 0).filter((ms) => ms > 0);
  return left.length === 0 ? undefined : Math.min(...left);
}

/** The time a pod that is being deleted has left; its `deletionTimestamp` is when it should have ended (Kubernetes API reference, ObjectMeta). */
function leftMs(pod: Pod, now: string): number | undefined {
  const { deletionTimestamp } = pod.metadata;
  if (deletionTimestamp === undefined || isLasting(pod)) return undefined;
  const left = Date.parse(deletionTimestamp) + graceMs - Date.parse(now);
  // A time that cannot be read ends the pod.
  return Number.isNaN(left) ? 0 : left;
}
