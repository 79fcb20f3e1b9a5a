import type { OvnFip } from '@berth/api';
import {
  externalGatewayConfigKeys,
  externalGatewayConfigName,
  externalGatewayConfigNamespace,
  refOf,
} from '@berth/api';
import type { Origin } from '../finding/origin.ts';
import type { Placement, PlacementDecision } from './intent.ts';
import type { Lookup } from './lookup.ts';

/**
 * Where the NAT of a floating IP is to run: its own `spec.type`, else `type` of the ConfigMap
 * `ovn-external-gw-config`, else distributed. `canDistribute` is false for targets that are no port of a workload:
 * these are centralized whatever was wanted.
 */
export function decidePlacement(fip: OvnFip, lookup: Lookup, canDistribute: boolean): PlacementDecision {
  const { wanted, decidedBy } = wantedPlacement(fip, lookup);
  return { wanted, effective: canDistribute ? wanted : 'centralized', decidedBy };
}

function wantedPlacement(fip: OvnFip, lookup: Lookup): { wanted: Placement; decidedBy: readonly Origin[] } {
  const own = asPlacement(fip.spec.type);
  if (own) return { wanted: own, decidedBy: [{ object: refOf(fip), field: 'spec.type' }] };
  const config = lookup.ConfigMap.get(`${externalGatewayConfigNamespace}/${externalGatewayConfigName}`);
  const fallback = asPlacement(config?.data[externalGatewayConfigKeys.type]);
  if (config && fallback)
    return { wanted: fallback, decidedBy: [{ object: refOf(config), field: 'data.type' }] };
  return { wanted: 'distributed', decidedBy: [] };
}

function asPlacement(text: string | undefined): Placement | undefined {
  return text === 'distributed' || text === 'centralized' ? text : undefined;
}
