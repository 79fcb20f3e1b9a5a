import { type IP, type Metadata, type Pod, podUidAnnotation } from '@berth/api';
import { contains } from '@berth/net';
import { perObjectWith } from '../../memo/per-object.ts';
import type { Lookup } from '../object/lookup.ts';
import { isMigrated, uidOf } from '../object/machine.ts';
import { portName } from '../object/port-holder.ts';
import { storedIps } from '../object/stored-ips.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';

/**
 * What a pod's address is given to and kept for: the pod itself, by its uid, or the instance of the virtual machine in it. Undefined of a pod
 * that no API server has made, as one in a folder: that one says what is wanted now, and was given nothing at a moment of its own.
 */
export function lifeOf(pod: Pod): string | undefined {
  return uidOf(pod) ?? pod.metadata.uid;
}

/**
 * Whether an IP object has the addresses that this very pod was given, and not one before it of its name: by what is noted there, else by which of
 * the two was made first.
 */
export function isAddressOf(pod: Pod, ip: IP): boolean {
  const life = lifeOf(pod);
  if (life === undefined || storedIps(ip).length === 0) return false;
  const noted = ip.metadata.annotations[podUidAnnotation];
  if (noted !== undefined) return noted === life;
  if (isMigrated(pod)) return true;
  const [born, stored] = [pod.metadata.creationTimestamp, ip.metadata.creationTimestamp];
  return born !== undefined && stored !== undefined && stored >= born;
}

/** Whether a pod has an address already, which it keeps whatever it asks for. */
export function hasAddress(pod: Pod, { IP: ips }: Pick<Lookup, 'IP'>): boolean {
  const ip = ips.get(portName(pod));
  return ip !== undefined && storedIps(ip).length > 0;
}

/** Whether all addresses of an IP object are of a subnet's networks. */
export function isWithin(ip: IP, { networks }: SurveyedSubnet): boolean {
  return areWithin(ip, { networks });
}

const areWithin = perObjectWith((ip: IP, { networks }: Pick<SurveyedSubnet, 'networks'>): boolean =>
  storedIps(ip).every((address) => networks.some(({ cidr }) => contains(cidr, address))),
);

/** The metadata of a pod's IP, with who its addresses were given to. */
export function withLife(pod: Pod, metadata: Metadata): Metadata {
  const life = lifeOf(pod);
  if (life === undefined || metadata.annotations[podUidAnnotation] === life) return metadata;
  return { ...metadata, annotations: { ...metadata.annotations, [podUidAnnotation]: life } };
}
