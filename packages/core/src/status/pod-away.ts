import { awaitedPodOf, formatRef, type Pod, refOf } from '@berth/api';
import { chassisOfNode, type Fabric } from '../fabric/fabric.ts';
import { livenessOf } from '../fabric/liveness.ts';
import { secondsBetween } from '../intent/address/seconds-between.ts';
import type { Lookup } from '../intent/object/lookup.ts';
import { hasEnded, podOfPort, portName } from '../intent/object/port-holder.ts';

/** Why nobody has a workload's port, as the objects have it. */
export type PodAway = {
  readonly why: string;
  /** That the address is kept for the next pod of the name. */
  readonly isKept: boolean;
};

/** What is known beside the objects: the nodes, and what time it is (RFC 3339). */
type Known = { readonly fabric: Fabric; readonly now: string };

/** That nobody has a workload's port because its pod has ended, is gone or is on its way out, and what becomes of the address; undefined where none is. */
export function podAway(
  port: string,
  lookup: Pick<Lookup, 'IP' | 'Pod'>,
  { fabric, now }: Known,
): PodAway | undefined {
  const pod = podOfPort(port, lookup);
  if (pod && !hasEnded(pod)) {
    const { deletionTimestamp } = pod.metadata;
    if (deletionTimestamp === undefined) return undefined;
    const { nodeName } = pod.spec;
    const name = formatRef(refOf(pod));
    const isSilent = nodeName !== undefined && doesNotAnswer(nodeName, fabric);
    const isOver = (secondsBetween(deletionTimestamp, now) ?? 0) > 0;
    const why =
      isSilent || isOver
        ? `${name} is being deleted, and ${nodeName ?? 'its node'} ${isSilent ? 'does not answer' : `should have ended it by ${deletionTimestamp}`}; ${untilGone(pod, lookup)}`
        : `${name} is being deleted and has left the network; its node has until ${deletionTimestamp} to end it`;
    return { why, isKept: false };
  }
  const ip = lookup.IP.get(port);
  const awaited = ip && awaitedPodOf(ip);
  if (!awaited) return pod && { why: `${formatRef(refOf(pod))} has ended`, isKept: false };
  const gone = `${formatRef(refOf(awaited.pod))} is gone since ${awaited.since}`;
  const why = `${gone}; its address is kept until ${awaited.until} for the next pod of that name`;
  return { why, isKept: true };
}

/** What becomes of the address of a pod whose node does not end it, and what lets it go. */
export function untilGone(pod: Pod, { IP }: Pick<Lookup, 'IP'>): string {
  const { name, namespace = 'default' } = pod.metadata;
  const address = IP.has(portName(pod)) ? 'its address is kept until it is gone' : 'its address is given up';
  return `${address}: bring the node back, or where it is gone for good delete its Node, or kubectl -n ${namespace} delete pod ${name} --force`;
}

/** The pod that has a port and is being deleted, if it is. */
export function leavingPod(port: string, lookup: Pick<Lookup, 'IP' | 'Pod'>): Pod | undefined {
  const pod = podOfPort(port, lookup);
  return pod && !hasEnded(pod) && pod.metadata.deletionTimestamp !== undefined ? pod : undefined;
}

/** Whether a node is confirmed dead, or its agent is not heard any more. */
function doesNotAnswer(node: string, fabric: Fabric): boolean {
  const chassis = fabric.health?.get(node)?.chassis ?? chassisOfNode(fabric, node)?.name;
  const { isDead, isSilent } = livenessOf(fabric);
  return chassis !== undefined && (isDead(chassis) || isSilent(chassis));
}
