import { formatRef, type GatewayPolicy, refOf } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { bySeniority, isTerminating, type Lookup } from './lookup.ts';
import { notFound } from './subnet.ts';

/** The policy that counts for each VPC that has one, by the VPC's name. */
export type Policies = ReadonlyMap<string, GatewayPolicy>;

/**
 * The policies that count: of two for one VPC the older (GEP-713, "Conflict Resolution"). One that contradicts itself counts
 * nowhere, and takes no VPC from another.
 */
export function policiesOf(lookup: Pick<Lookup, 'GatewayPolicy' | 'Vpc'>): {
  readonly policies: Policies;
  readonly findings: readonly Finding[];
} {
  const policies = new Map<string, GatewayPolicy>();
  const findings: Finding[] = [];
  for (const policy of [...lookup.GatewayPolicy.values()].sort(bySeniority)) {
    const flaw = contradiction(policy);
    if (flaw) findings.push(flaw);
    policy.spec.targetRefs.forEach(({ name }, index) => {
      const field = `spec.targetRefs[${index}].name`;
      const holder = policies.get(name);
      if (!lookup.Vpc.has(name)) findings.push(notFound(refOf(policy), field, `vpc/${name}`));
      else if (flaw || holder === policy) return;
      else if (holder) findings.push(conflict(policy, field, name, holder));
      else policies.set(name, policy);
    });
    if (!flaw) findings.push(...idleValues(policy));
  }
  return { policies, findings };
}

/** The policies that count, of those that are not being deleted. */
export function policiesInEffect({ GatewayPolicy, Vpc }: Pick<Lookup, 'GatewayPolicy' | 'Vpc'>): Policies {
  const standing = new Map([...GatewayPolicy].filter(([, policy]) => !isTerminating(policy)));
  return policiesOf({ GatewayPolicy: standing, Vpc }).policies;
}

/** The names of the VPCs that a policy counts for. */
export function vpcsOf(policy: GatewayPolicy, policies: Policies): readonly string[] {
  const counts = policy.spec.targetRefs.filter(
    ({ name }) => policies.get(name)?.metadata.name === policy.metadata.name,
  );
  return [...new Set(counts.map(({ name }) => name))].sort();
}

function contradiction(policy: GatewayPolicy): Finding | undefined {
  const { placement, onGatewayLoss } = policy.spec;
  if (placement !== 'GatewayLocal' || onGatewayLoss !== 'Distribute') return undefined;
  return finding('policy-contradictory', {
    object: refOf(policy),
    field: 'spec.onGatewayLoss',
    message:
      'GatewayLocal lets nothing leave through a node that is no gateway, and Distribute asks for just that: the policy counts nowhere',
    cure: 'set spec.onGatewayLoss to Block, or spec.placement to Centralized',
  });
}

function conflict(policy: GatewayPolicy, field: string, vpc: string, holder: GatewayPolicy): Finding {
  return finding('policy-conflict', {
    object: refOf(policy),
    field,
    message: `vpc/${vpc} has the older policy ${formatRef(refOf(holder))}, which counts`,
    cure: 'remove the target from one of the two policies',
    related: [refOf(holder), { kind: 'Vpc', name: vpc }],
  });
}

/** Values that decide about nothing beside the others. */
function idleValues(policy: GatewayPolicy): readonly Finding[] {
  const { placement, onGatewayLoss } = policy.spec;
  if (placement !== 'Distributed' || onGatewayLoss === undefined) return [];
  return [
    finding('policy-idle', {
      object: refOf(policy),
      field: 'spec.onGatewayLoss',
      message: `spec.onGatewayLoss ${onGatewayLoss} is not applicable: Distributed floating IPs do not depend on gateways`,
      cure: 'remove spec.onGatewayLoss, or choose another spec.placement',
    }),
  ];
}
