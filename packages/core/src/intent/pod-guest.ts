import { logicalRouterAnnotation, logicalSwitchAnnotation, refOf } from '@berth/api';
import { isLeaving } from './late-user.ts';
import { isTerminating, type Lookup } from './lookup.ts';
import type { Unwelcome } from './pod.ts';
import { annotationField } from './pod-annotation.ts';
import { sourceGrants } from './source-grant.ts';
import type { SurveyedSubnet } from './subnet.ts';

/** Whom a subnet gives no address: any new pod while it is being deleted, and a pod that would get an EIP by it which is not for its namespace. */
export function unwelcomeOf(
  lookup: Pick<Lookup, 'Namespace' | 'OvnEip' | 'OvnSnatRule'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): Unwelcome {
  const ofGrants = sourceGrants(lookup, subnets);
  return (pod, surveyed) => {
    const { subnet } = surveyed;
    if (!isTerminating(subnet)) return ofGrants(pod, surveyed);
    const keys = [logicalSwitchAnnotation, logicalRouterAnnotation];
    const key = keys.find((each) => pod.metadata.annotations[each]);
    return isLeaving(refOf(pod), key && annotationField(key), refOf(subnet));
  };
}
