import { type IP, ipAddressAnnotation, macAddressAnnotation, type Pod } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import { waitingWish } from '../object/pod-annotation.ts';
import { storedIps } from '../object/stored-ips.ts';
import { isAddressOf } from './pod-life.ts';
import { lateRequests, podRequests } from './pod-requests.ts';

/** That annotations of a pod ask for another address or MAC than it was given. */
export const waitingAddresses = perObjectWith(
  (pod: Pod, { ip }: { readonly ip: IP | undefined }): readonly Finding[] => {
    if (!ip || !isAddressOf(pod, ip)) return [];
    const { ips, mac } = lateRequests(podRequests(pod), ip);
    return [
      ...(ips.length > 0 ? [waitingWish(pod, ipAddressAnnotation, storedIps(ip).join(','))] : []),
      ...(mac ? [waitingWish(pod, macAddressAnnotation, ip.spec.macAddress ?? '')] : []),
    ];
  },
);
