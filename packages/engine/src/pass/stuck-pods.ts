import { formatRef, type Pod, type ResourceSet, refOf } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import { isLasting } from './lasting-pods.ts';

/** How long a node may take to tell that a pod has ended, beyond the time that the pod was given for it. */
const graceMs = 30_000;

/**
 * The resources without pods that should have ended long ago by `now` (RFC 3339) and are still there, as those of a node that is
 * gone: others may have their addresses. Not those that last, which get no successor before they are gone.
 */
export function withoutStuckPods(resources: ResourceSet, now: string): ResourceSet {
  const isGivenUp = (pod: Pod): boolean => isStuck(pod, now) && !isLasting(pod);
  return resources.Pod.some(isGivenUp)
    ? { ...resources, Pod: resources.Pod.filter((pod) => !isGivenUp(pod)) }
    : resources;
}

/** What is told of the pods that are stuck. */
export function stuckFindings({ Pod: pods }: Pick<ResourceSet, 'Pod'>, now: string): readonly Finding[] {
  return pods
    .filter((pod) => isStuck(pod, now))
    .map((pod) => {
      const { name, namespace = 'default', deletionTimestamp } = pod.metadata;
      const address = isLasting(pod) ? 'its address waits for its successor' : 'its address is given up';
      return finding('pod-stuck', {
        object: refOf(pod),
        message: `${formatRef(refOf(pod))} should have ended by ${deletionTimestamp} and is still there; ${address}`,
        cure: `see why kubelet of ${pod.spec.nodeName ?? 'its node'} does not end it; where the node is gone, kubectl -n ${namespace} delete pod ${name} --force`,
      });
    });
}

/** In how many ms the next pod will be stuck; undefined where none ends. */
export function nextStuckMs({ Pod: pods }: Pick<ResourceSet, 'Pod'>, now: string): number | undefined {
  const left = pods.map((pod) => leftMs(pod, now) ?? 0).filter((ms) => ms > 0);
  return left.length === 0 ? undefined : Math.min(...left);
}

function isStuck(pod: Pod, now: string): boolean {
  return (leftMs(pod, now) ?? 1) <= 0;
}

/** The time a pod that is being deleted has left; its `deletionTimestamp` is when it should have ended (Kubernetes API reference, ObjectMeta). */
function leftMs({ metadata: { deletionTimestamp } }: Pod, now: string): number | undefined {
  if (deletionTimestamp === undefined) return undefined;
  const left = Date.parse(deletionTimestamp) + graceMs - Date.parse(now);
  // A time that cannot be read ends the pod.
  return Number.isNaN(left) ? 0 : left;
}
