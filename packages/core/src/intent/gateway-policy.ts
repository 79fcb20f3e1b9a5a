import { formatRef, type GatewayPolicy, refOf } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { bySeniority, isTerminating, type Lookup } from './lookup.ts';
import { type Contradiction, contradictionOf } from './policy-contradiction.ts';
import { notFound } from './subnet.ts';

/** The policy that counts for each VPC that has one, by the VPC's name. */
export type Policies = ReadonlyMap<string, GatewayPolicy>;

/**
 * The policies that count: of two for one VPC the older (GEP-713, "Conflict Resolution"). One that contradicts itself counts as
 * far as that can be told, see {@link contradictionOf}; where it never counted before it takes no VPC from another.
 */
export function policiesOf(lookup: Pick<Lookup, 'GatewayPolicy' | 'Vpc'>): {
  readonly policies: Policies;
  readonly findings: readonly Finding[];
} {
  const policies = new Map<string, GatewayPolicy>();
  const findings: Finding[] = [];
  for (const { policy, contradiction } of inOrder(lookup.GatewayPolicy)) {
    const counts = contradiction?.counts ?? policy;
    findings.push(...(contradiction ? [contradiction.finding] : idleValues(policy)));
    policy.spec.targetRefs.forEach(({ name }, index) => {
      const field = `spec.targetRefs[${index}].name`;
      const holder = policies.get(name);
      if (!lookup.Vpc.has(name)) findings.push(notFound(refOf(policy), field, `vpc/${name}`));
      else if (holder === counts) return;
      else if (holder) findings.push(conflict(policy, field, name, holder));
      else policies.set(name, counts);
    });
  }
  return { policies, findings };
}

type Ranked = { readonly policy: GatewayPolicy; readonly contradiction: Contradiction | undefined };

/** Who takes a VPC first: the oldest, and last those that contradict themselves and were never in force. */
function inOrder(policies: Lookup['GatewayPolicy']): readonly Ranked[] {
  const ranked = [...policies.values()]
    .sort(bySeniority)
    .map((policy) => ({ policy, contradiction: contradictionOf(policy) }));
  const isNewcomer = ({ contradiction }: Ranked): boolean => contradiction?.isKept === false;
  return [...ranked.filter((each) => !isNewcomer(each)), ...ranked.filter(isNewcomer)];
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

function conflict(policy: GatewayPolicy, field: string, vpc: string, holder: GatewayPolicy): Finding {
  return finding('policy-conflict', {
    object: refOf(policy),
    field,
    message: `vpc/${vpc} has the ${isOlder(holder, policy) ? 'older' : 'sound'} policy ${formatRef(refOf(holder))}, which counts`,
    cure: `remove vpc/${vpc} from spec.targetRefs of ${formatRef(refOf(policy))}, or of ${formatRef(refOf(holder))}`,
    related: [refOf(holder), { kind: 'Vpc', name: vpc }],
  });
}

/** A younger one only counts before one that contradicts itself. */
function isOlder(holder: GatewayPolicy, policy: GatewayPolicy): boolean {
  return bySeniority(holder, policy) < 0;
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
