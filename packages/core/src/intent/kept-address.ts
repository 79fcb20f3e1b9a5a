import {
  type IP,
  ipAddressAnnotation,
  macAddressAnnotation,
  type Pod,
  podUidAnnotation,
  refOf,
} from '@berth/api';
import { familyOf, parseMac } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { perObjectWith } from '../memo/per-object.ts';
import type { AddressClaim } from './claim.ts';
import { annotationField } from './pod-annotation.ts';
import { podRequests } from './pod-requests.ts';
import { storedIps } from './stored-ips.ts';

type Requested = AddressClaim['requested'];

/**
 * Whether it is this very pod, and none before it of its name, that got the address of an IP object: by the uid noted there, else by which of the
 * two was made first. Not known of a pod without a uid, as of one in a folder.
 */
export function isAddressOf(pod: Pod, ip: IP): boolean {
  const { uid, creationTimestamp: since } = pod.metadata;
  if (uid === undefined || storedIps(ip).length === 0) return false;
  const noted = ip.metadata.annotations[podUidAnnotation];
  if (noted !== undefined) return noted === uid;
  const { creationTimestamp: stored } = ip.metadata;
  return since !== undefined && stored !== undefined && stored >= since;
}

/** The annotations of the IP object of a pod: with the pod's uid, unless it is known without. */
export function withPodUid(pod: Pod, ip: IP): IP['metadata']['annotations'] {
  const { annotations } = ip.metadata;
  const { uid } = pod.metadata;
  return uid === undefined || isAddressOf(pod, ip)
    ? annotations
    : { ...annotations, [podUidAnnotation]: uid };
}

/** What a pod may still ask for: one that has its address asks for no other one, as addresses are decided when a pod is made. */
export function standingRequests(pod: Pod, ip: IP): Requested {
  const requested = podRequests(pod);
  if (!isAddressOf(pod, ip)) return requested;
  const { ips, mac } = lateRequests(requested, ip);
  return {
    ips: requested.ips.filter((each) => !ips.includes(each)),
    mac: mac === undefined ? requested.mac : undefined,
  };
}

/** That annotations of a pod which has its address ask for another one. */
export const lateWishes = perObjectWith(
  (pod: Pod, { ip }: { readonly ip: IP | undefined }): readonly Finding[] => {
    if (!ip || !isAddressOf(pod, ip)) return [];
    const { ips, mac } = lateRequests(podRequests(pod), ip);
    return [
      ...(ips.length > 0 ? [late(pod, ipAddressAnnotation, storedIps(ip).join(','))] : []),
      ...(mac ? [late(pod, macAddressAnnotation, ip.spec.macAddress ?? '')] : []),
    ];
  },
);

/** What is asked for in the place of something that an IP object has. */
function lateRequests({ ips, mac }: Requested, ip: IP): Requested {
  const stored = storedIps(ip);
  const families = new Set(stored.map(familyOf));
  const storedMac = parseMac(ip.spec.macAddress ?? '');
  return {
    ips: ips.filter(({ value }) => families.has(familyOf(value)) && !stored.includes(value)),
    mac: storedMac !== undefined && mac?.value !== storedMac ? mac : undefined,
  };
}

function late(pod: Pod, key: string, present: string): Finding {
  const text = pod.metadata.annotations[key];
  return finding('annotation-invalid', {
    severity: 'warning',
    object: refOf(pod),
    field: annotationField(key),
    message: `the annotation ${key}: "${text}" does not count yet: the pod keeps ${present}, which it got when it was made`,
    cure: `make the pod anew to have it take effect, or write ${present} back`,
  });
}
