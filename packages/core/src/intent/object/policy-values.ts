import { externalGatewayLabel, type GatewayPolicy, refOf } from '@berth/api';
import type { ObjectRef } from '../../finding/finding.ts';
import { type Origin, origin } from '../../finding/origin.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import type { Placement } from '../intent.ts';
import { isKeptInForce, keptField } from './policy-contradiction.ts';

type Spec = GatewayPolicy['spec'];

/** What a policy asks for, with what counts where it says nothing, or where there is none. */
export type PolicyValues = {
  /** Undefined where there is no policy. */
  readonly ref: ObjectRef | undefined;
  /** The policy as it is written, of which some values may not count. */
  readonly written: GatewayPolicy | undefined;
  /** Undefined where the policy leaves it to others. */
  readonly placement: Placement | undefined;
  readonly override: boolean;
  readonly onGatewayLoss: NonNullable<Spec['onGatewayLoss']>;
  readonly onUplinkLoss: NonNullable<Spec['onUplinkLoss']>;
  /** Undefined where the label and the ConfigMap decide. */
  readonly nodeSelector: NonNullable<Spec['gateways']>['nodeSelector'];
  readonly maximum: number;
  /** How long a gateway that is to leave goes on serving. */
  readonly drainSeconds: number;
  readonly nodeReady: NonNullable<NonNullable<Spec['health']>['nodeReady']>;
  readonly workloads: NonNullable<Spec['workloads']>;
};

/** OVN caps the members of a group that senders consider; five leave room for every order that matters. */
const maximumMembers = 5;

const placements = {
  Distributed: 'distributed',
  Centralized: 'centralized',
  GatewayLocal: 'gateway-local',
} as const;

/** The values of a VPC's policy as it counts, and as it is `written` where that is something else. */
export function valuesOf(
  policy: GatewayPolicy | undefined,
  written: GatewayPolicy | undefined = policy,
): PolicyValues {
  if (policy) return valuesIn(policy, { written });
  return written ? read(policy, written) : withoutPolicy;
}

function read(policy: GatewayPolicy | undefined, written: GatewayPolicy | undefined): PolicyValues {
  const { placement, override, onGatewayLoss, onUplinkLoss, gateways, health, workloads } =
    policy?.spec ?? {};
  return {
    ref: policy && refOf(policy),
    written,
    placement: placement && placements[placement],
    override: override === true && placement !== undefined,
    // Under Distributed it is not applicable, and the policy is told so.
    onGatewayLoss: placement === 'Distributed' ? 'Block' : (onGatewayLoss ?? 'Block'),
    onUplinkLoss: onUplinkLoss ?? 'Centralize',
    nodeSelector: gateways?.nodeSelector,
    maximum: gateways?.maximum ?? maximumMembers,
    drainSeconds: gateways?.drainSeconds ?? 0,
    nodeReady: health?.nodeReady ?? 'Respect',
    workloads: workloads ?? 'Anywhere',
  };
}

const valuesIn = perObjectWith(
  (policy: GatewayPolicy, { written }: { readonly written: GatewayPolicy | undefined }) =>
    read(policy, written),
);
const withoutPolicy = read(undefined, undefined);

/**
 * What says the value of a field of the policy, as an origin: the field, or what is kept in force in its place. Undefined where there
 * is no policy.
 */
export function policyField({ ref, written }: PolicyValues, field: string): Origin | undefined {
  return ref && origin(ref, written && isKeptInForce(written, field) ? keptField : field);
}

/** The nodes that are gateways where no policy selects them. */
export const defaultGatewaySelector = `${externalGatewayLabel}=true`;
