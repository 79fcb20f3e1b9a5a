import { formatRef } from '@berth/api';
import type { PolicyValues } from '../object/policy-values.ts';

/** What gives a VPC a gateway: a node that its policy selects, or that has the label that counts without one. */
export function gatewayCure({ ref, nodeSelector }: Pick<PolicyValues, 'ref' | 'nodeSelector'>): string {
  const label =
    ref && nodeSelector
      ? `as ${formatRef(ref)} selects gateways (spec.gateways.nodeSelector)`
      : 'ovn.kubernetes.io/external-gw=true';
  return `label at least one node ${label}, and see that it has the bridge of the external network`;
}
