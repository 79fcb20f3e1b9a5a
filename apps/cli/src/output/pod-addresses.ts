import type { Pod, ResourceSet } from '@berth/api';
import { portHolders, portName } from '@berth/core';

/**
 * Pods as they are shown: one without an address in its status has that of its IP object, which is what Berth gave it. In a folder nobody
 * writes the status of a Pod.
 */
export function withAddresses(pods: readonly Pod[], { IP }: Pick<ResourceSet, 'IP'>): readonly Pod[] {
  const byName = new Map(IP.map((ip) => [ip.metadata.name, ip.spec]));
  const holders = new Set(portHolders(pods));
  return pods.map((pod) => {
    const given = byName.get(portName(pod));
    if (!given || pod.status?.podIP || !holders.has(pod)) return pod;
    const podIP = given.v4IpAddress || given.v6IpAddress || given.ipAddress;
    return podIP ? { ...pod, status: { ...pod.status, podIP } } : pod;
  });
}
