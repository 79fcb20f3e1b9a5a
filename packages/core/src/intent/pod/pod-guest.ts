import { type Pod, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { beingDeleted } from '../object/late-user.ts';
import { isTerminating, type Lookup } from '../object/lookup.ts';
import { annotationField, networkWish } from '../object/pod-annotation.ts';
import { portName } from '../object/port-holder.ts';
import { sourceGrants } from '../object/source-grant.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import { hasAddress } from './pod-life.ts';

/**
 * Why a pod gets no address on a subnet; undefined where it does. One that has it there already keeps it; else no pod gets any while the subnet is
 * being deleted, and none that would get an EIP by it which is not for its namespace.
 */
export function unwelcomeOf(
  lookup: Pick<Lookup, 'IP' | 'Namespace' | 'OvnEip' | 'OvnSnatRule'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): (pod: Pod, subnet: SurveyedSubnet) => Finding | undefined {
  const ofGrants = sourceGrants(lookup, subnets);
  return (pod, surveyed) => {
    const { subnet } = surveyed;
    if (isThere(pod, surveyed, lookup)) return undefined;
    if (!isTerminating(subnet)) return ofGrants(pod, surveyed);
    const key = networkWish(pod);
    return beingDeleted(refOf(pod), key && annotationField(key), refOf(subnet));
  };
}

/** Whether a pod, or the one before it of its name, has an address on a subnet. */
function isThere(pod: Pod, { subnet }: SurveyedSubnet, lookup: Pick<Lookup, 'IP'>): boolean {
  return lookup.IP.get(portName(pod))?.spec.subnet === subnet.metadata.name && hasAddress(pod, lookup);
}
