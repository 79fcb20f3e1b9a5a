import type { ConfigMap, OvnFip } from '@berth/api';
import {
  externalGatewayConfigKeys,
  externalGatewayConfigName,
  externalGatewayConfigNamespace,
  keepAnnotation,
  readKeep,
  refOf,
} from '@berth/api';
import { type Origin, origin } from '../../finding/origin.ts';
import type { Placement, PlacementDecision } from '../intent.ts';
import type { Lookup } from '../object/lookup.ts';
import { type PolicyValues, policyField } from '../object/policy-values.ts';

/** What was asked for, what decided it, and the wish of the floating IP that was overridden, if any. */
export type Wanted = Pick<PlacementDecision, 'wanted' | 'decidedBy'> & {
  readonly overridden: Placement | undefined;
  /** What was asked for, and by whom, where it was taken over as something else and is kept so. */
  readonly instead?: Pick<PlacementDecision, 'wanted' | 'decidedBy'>;
};

/** How things are at the workload and at the gateways. */
export type Circumstances = {
  /** The target is a port of a workload, and nothing keeps its chassis from answering. */
  readonly canDistribute: boolean;
  /** The workload's node is cut off from the external network. */
  readonly isCutOff: boolean;
  /** No gateway is alive. */
  readonly isLost: boolean;
  /** The workload's node could be a gateway now. */
  readonly isEligible: boolean;
  /** The workload's node. */
  readonly node: string | undefined;
};

/** What became of a wish: `uplink-lost` and `gateways-lost` are for as long as these last. */
export type Placed = PlacementDecision & { readonly fallback: 'uplink-lost' | 'gateways-lost' | undefined };

/** The field that keeps what was found when an object's rows were taken over. */
export const keepField = `metadata.annotations['${keepAnnotation}']`;

const configName = `${externalGatewayConfigNamespace}/${externalGatewayConfigName}`;

/** The ConfigMap that says where floating IPs run for which nothing else does. */
export function placementConfig({ ConfigMap: all }: Pick<Lookup, 'ConfigMap'>): ConfigMap | undefined {
  return all.get(configName);
}

/** Where the NAT of a floating IP is to run: where it was found and is kept, else where it is asked for. */
export function wantedPlacement(fip: OvnFip, config: ConfigMap | undefined, policy: PolicyValues): Wanted {
  const asked = askedPlacement(fip, config, policy);
  const kept = readKeep(fip)?.placement;
  if (kept === undefined) return asked;
  return {
    wanted: kept,
    decidedBy: [origin(refOf(fip), keepField)],
    overridden: undefined,
    ...(kept !== asked.wanted && { instead: asked }),
  };
}

/**
 * Where the NAT of a floating IP is asked to run: a policy that overrides, else its own `spec.type`, else the policy, else `type` of the
 * ConfigMap `ovn-external-gw-config`, else distributed.
 */
function askedPlacement(fip: OvnFip, config: ConfigMap | undefined, policy: PolicyValues): Wanted {
  const own = asPlacement(fip.spec.type);
  const ownField = origin(refOf(fip), 'spec.type');
  const byPolicy = policyField(policy, 'spec.placement');
  if (policy.placement && byPolicy && (policy.override || !own)) {
    const overrides = policy.override && own !== undefined && own !== policy.placement;
    const decidedBy = [byPolicy, ...(overrides ? [origin(byPolicy.object, 'spec.override')] : [])];
    return { wanted: policy.placement, decidedBy, overridden: overrides ? own : undefined };
  }
  if (own) return { wanted: own, decidedBy: [ownField], overridden: undefined };
  const fallback = asPlacement(config?.data[externalGatewayConfigKeys.type]);
  const decidedBy = config && fallback ? [origin(refOf(config), 'data.type')] : [];
  return { wanted: fallback ?? 'distributed', decidedBy, overridden: undefined };
}

/**
 * The placement that counts now. What cannot be distributed is centralized whatever was wanted. A node that is cut off hands its
 * floating IPs to a gateway, where one is alive, and gateways that are all lost hand theirs to the workloads' nodes,
 * as far as the policy says so; both end with their cause.
 */
export function placementNow(
  { wanted, decidedBy }: Wanted,
  policy: PolicyValues,
  { canDistribute, isCutOff, isLost, isEligible, node }: Circumstances,
): Placed {
  const decided = (
    effective: Placement,
    fallback: Placed['fallback'],
    because: readonly Origin[],
  ): Placed => ({
    wanted,
    effective,
    atWorkload: effective === 'distributed' || (effective === 'gateway-local' && canDistribute && isEligible),
    decidedBy: [...because, ...decidedBy],
    fallback,
  });
  if (!canDistribute) return decided('centralized', undefined, []);
  if (wanted === 'distributed' && isCutOff && !isLost && policy.onUplinkLoss === 'Centralize') {
    const field = policyField(policy, 'spec.onUplinkLoss');
    const by = field ?? (node === undefined ? undefined : origin({ kind: 'Node', name: node }));
    return decided('centralized', 'uplink-lost', by ? [by] : []);
  }
  if (wanted === 'centralized' && isLost && policy.onGatewayLoss === 'Distribute') {
    const by = policyField(policy, 'spec.onGatewayLoss');
    return decided('distributed', 'gateways-lost', by ? [by] : []);
  }
  return decided(wanted, undefined, []);
}

function asPlacement(text: string | undefined): Placement | undefined {
  return text === 'distributed' || text === 'centralized' ? text : undefined;
}
