import { formatRef, type GatewayPolicy, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { bySeniority, isTerminating, type Lookup } from './lookup.ts';
import { type Contradiction, contradictionOf } from './policy-contradiction.ts';
import { notFound } from './subnet.ts';

/** The policy that counts for each VPC that has one, by the VPC's name. */
export type Policies = ReadonlyMap<string, GatewayPolicy>;

/**
 * The policies that count: of two for one VPC the older (GEP-713, "Conflict Resolution"), of two of one second the one that is in force
 * already, as its status tells, and only then the first by name. One that contradicts itself counts as far as that can be told, see
 * {@link contradictionOf}; where it never counted before it takes no VPC from another.
 */
export function policiesOf(lookup: Pick<Lookup, 'GatewayPolicy' | 'Vpc'>): {
  readonly policies: Policies;
  readonly findings: readonly Finding[];
} {
  const policies = new Map<string, GatewayPolicy>();
  const findings: Finding[] = [];
  const ranked = inOrder(lookup.GatewayPolicy);
  const holders = holdersOf(ranked);
  for (const each of ranked) {
    const { policy, contradiction } = each;
    const counts = contradiction?.counts ?? policy;
    findings.push(...(contradiction ? [contradiction.finding] : idleValues(policy)));
    policy.spec.targetRefs.forEach(({ name }, index) => {
      const field = `spec.targetRefs[${index}].name`;
      const holder = holders.get(name);
      if (!lookup.Vpc.has(name)) findings.push(notFound(refOf(policy), field, `vpc/${name}`));
      else if (holder === undefined || holder === each) policies.set(name, counts);
      else findings.push(conflict(policy, field, name, holder.policy));
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
  return [...ranked.filter((each) => !isNewcomer(each)), ...ranked.filter(isNewcomer)];
}

function isNewcomer({ contradiction }: Ranked): boolean {
  return contradiction?.isKept === false;
}

/** Who has each VPC that policies name: the first that names it, or of those that are as old the one that has it already. */
function holdersOf(ranked: readonly Ranked[]): ReadonlyMap<string, Ranked> {
  const holders = new Map<string, Ranked>();
  for (const each of ranked) {
    for (const { name } of each.policy.spec.targetRefs) {
      const first = holders.get(name);
      const isBefore =
        first === undefined || (isRival(first, each) && isInForce(each, name) && !isInForce(first, name));
      if (isBefore) holders.set(name, each);
    }
  }
  return holders;
}

/** Whether nothing but the names says who of two was there first. */
function isRival(one: Ranked, other: Ranked): boolean {
  return isNewcomer(one) === isNewcomer(other) && isOfOneSecond(one.policy, other.policy);
}

/** Kubernetes tells the time of creation by the second. */
function isOfOneSecond(one: GatewayPolicy, other: GatewayPolicy): boolean {
  return one.metadata.creationTimestamp === other.metadata.creationTimestamp;
}

function isInForce({ policy }: Pick<Ranked, 'policy'>, vpc: string): boolean {
  return policy.status?.vpcs?.includes(vpc) === true;
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
    message: `vpc/${vpc} has ${holderText(holder, policy)}`,
    cure: `remove vpc/${vpc} from spec.targetRefs of ${formatRef(refOf(policy))}, or of ${formatRef(refOf(holder))}`,
    related: [refOf(holder), { kind: 'Vpc', name: vpc }],
  });
}

/** The policy that counts and why. A younger one only counts before one that contradicts itself. */
function holderText(holder: GatewayPolicy, policy: GatewayPolicy): string {
  const name = formatRef(refOf(holder));
  const isContradicting = contradictionOf(policy) !== undefined && contradictionOf(holder) === undefined;
  if (!isOfOneSecond(holder, policy) || isContradicting) {
    const isOlder = !isContradicting || bySeniority(holder, policy) < 0;
    return `the ${isOlder ? 'older' : 'sound'} policy ${name}, which counts`;
  }
  const { creationTimestamp: second } = policy.metadata;
  const age = second === undefined ? 'neither says when it was made' : 'both are of one second';
  // The same before and after the first one is in force: said otherwise, it would be told twice.
  const why = bySeniority(holder, policy) < 0 ? 'its name comes first' : 'it was in force first';
  return `the policy ${name}, which counts: ${age}, and ${why}`;
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
