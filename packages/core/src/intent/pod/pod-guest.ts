import { longestName, type Pod, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { beingDeleted } from '../object/late-user.ts';
import { isTerminating, type Lookup } from '../object/lookup.ts';
import { overlongName } from '../object/overlong-name.ts';
import { annotationField, networkWish } from '../object/pod-annotation.ts';
import { portName, workloadName } from '../object/port-holder.ts';
import { sourceGrants } from '../object/source-grant.ts';
import type { SurveyedSubnet } from '../object/subnet.ts';
import { hasAddress } from './pod-life.ts';

/**
 * Why a pod gets no address on a subnet; undefined where it does. One that has it there already keeps it; else no pod gets any while the subnet is
 * being deleted, none that would get an EIP by it which is not for its namespace, and none whose IP could have no name.
 */
export function unwelcomeOf(
  lookup: Pick<Lookup, 'IP' | 'Namespace' | 'OvnEip' | 'OvnSnatRule' | 'Pod'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): (pod: Pod, subnet: SurveyedSubnet) => Finding | undefined {
  const ofGrants = sourceGrants(lookup, subnets);
  return (pod, surveyed) => {
    const { subnet } = surveyed;
    if (isThere(pod, surveyed, lookup)) return undefined;
    const nameless = namelessIp(pod);
    if (nameless) return nameless;
    if (!isTerminating(subnet)) return ofGrants(pod, surveyed);
    const key = networkWish(pod);
    return beingDeleted(refOf(pod), key && annotationField(key), refOf(subnet));
  };
}

function namelessIp(pod: Pod): Finding | undefined {
  const name = portName(pod);
  const object = refOf(pod);
  const room = longestName - name.length + workloadName(pod).length;
  return overlongName(name, {
    ...{ object, field: 'metadata.name' },
    what: "the name of the pod's IP, made of those of the pod and its namespace,",
    cure: `make it with a name of at most ${room} characters`,
  });
}

/** Whether a pod, or the one before it of its name, has an address on a subnet. */
function isThere(pod: Pod, { subnet }: SurveyedSubnet, lookup: Pick<Lookup, 'IP'>): boolean {
  return lookup.IP.get(portName(pod))?.spec.subnet === subnet.metadata.name && hasAddress(pod, lookup);
}
