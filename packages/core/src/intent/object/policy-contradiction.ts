import { formatRef, type GatewayPolicy, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';

type Spec = GatewayPolicy['spec'];

/** The values of a policy that can contradict each other. */
type Pair = Required<Pick<Spec, 'placement' | 'onGatewayLoss'>>;

/** The two values that contradict each other, whatever else there is, and what to say of it. */
export const contradictory = {
  values: { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' },
  field: 'spec.onGatewayLoss',
  message:
    'spec.placement GatewayLocal lets nothing leave through a node that is no gateway, and spec.onGatewayLoss Distribute asks for just that',
  cure: 'set spec.onGatewayLoss to Block, or spec.placement to Centralized',
} as const satisfies { readonly values: Pair; readonly [part: string]: unknown };

/** A policy whose values contradict each other. */
export type Contradiction = {
  /** The policy with the values that count until the user decides. */
  readonly counts: GatewayPolicy;
  /** Whether these are in force already. */
  readonly isKept: boolean;
  /** Whether these are the strict reading of the policy, and not what it said before. */
  readonly isStrict: boolean;
  readonly finding: Finding;
};

/**
 * What counts of a policy that contradicts itself: what is in force, as its status tells, else its strict reading. It never
 * falls back to what counts without a policy, which is the least strict of all. Undefined for a sound policy.
 */
export function contradictionOf(policy: GatewayPolicy): Contradiction | undefined {
  const { placement, onGatewayLoss } = policy.spec;
  const { values, field, message, cure } = contradictory;
  if (placement !== values.placement || onGatewayLoss !== values.onGatewayLoss) return undefined;
  const kept = pairInForce(policy);
  const pair = kept ?? strict;
  return {
    counts: { ...policy, spec: { ...policy.spec, ...pair } },
    isKept: kept !== undefined,
    isStrict: pair === strict,
    finding: finding('policy-contradictory', {
      object: refOf(policy),
      field,
      message: `${message}: until one of them changes, ${counting(pair)}`,
      cure,
    }),
  };
}

/** What counts, and why: a folder alone does not tell what was in force before, so that is said as well. */
function counting(pair: Pair): string {
  const values = `${pair.placement} with ${pair.onGatewayLoss} counts`;
  return pair === strict
    ? `${values}, its strict reading, unless it was in force with other values before`
    : `${values}, which was in force before`;
}

const strict: Pair = { placement: 'GatewayLocal', onGatewayLoss: 'Block' };

/**
 * Whether what a field says does not count, as an earlier value of it is kept in force: that one is to be found in
 * `status.effective` of the policy.
 */
export function isKeptInForce(policy: GatewayPolicy, field: string): boolean {
  const isOfPair = field === 'spec.placement' || field === 'spec.onGatewayLoss';
  return isOfPair && contradictionOf(policy)?.isStrict === false;
}

/** The field that shows the values that are kept in force. */
export const keptField = 'status.effective';

/** The values that count now, where the policy counts for a VPC and its placement is its own. */
function pairInForce(policy: GatewayPolicy): Pair | undefined {
  const own = `${formatRef(refOf(policy))} `;
  const effective = new Map((policy.status?.effective ?? []).map((each) => [each.field, each]));
  const placement = effective.get('spec.placement');
  if (placement === undefined || !placement.from.startsWith(own)) return undefined;
  const loss = effective.get('spec.onGatewayLoss')?.value;
  switch (placement.value) {
    case 'GatewayLocal':
      return strict;
    case 'Centralized':
    case 'Distributed':
      return { placement: placement.value, onGatewayLoss: loss === 'Distribute' ? loss : 'Block' };
    default:
      return undefined;
  }
}
