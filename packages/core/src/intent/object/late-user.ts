import { formatRef, isRule, type Resource, type Rule, refOf, ruleKinds } from '@berth/api';
import { reasonOf } from '../../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { isTerminating, type Lookup } from './lookup.ts';
import { isOwn } from './own-object.ts';
import { targetKindOf } from './target-kind.ts';

/** What an object names: whether it is there is told elsewhere. */
type Reference = { readonly field: string; readonly to: Resource | undefined };

type Referred = Pick<Lookup, 'OvnEip' | 'Subnet' | 'Vip' | 'Vpc'>;

/** The objects that came to what was to go already, and so are not in effect. */
type LateUsers = {
  readonly isLate: (object: Resource) => boolean;
  readonly findings: readonly Finding[];
};

/**
 * Who began to use what is being deleted once that was so: it goes on for those it had and takes no others, or it would never go. What leads to
 * one of these waits with it.
 */
export function lateUsersOf(lookup: Lookup, defaultSubnet: string): LateUsers {
  const late = new Set<Resource>();
  const findings: Finding[] = [];
  const judge = (object: Resource, references: readonly Reference[]): void => {
    if (isTerminating(object)) return;
    const leaving = references.find(
      ({ to }) => to !== undefined && (cameAfter(object, to) || cameFromAnother(object, to)),
    );
    if (leaving?.to) findings.push(beingDeleted(refOf(object), leaving.field, refOf(leaving.to)));
    if (leaving || references.some(({ to }) => to !== undefined && late.has(to))) late.add(object);
  };
  for (const eip of lookup.OvnEip.values()) {
    const to = lookup.Subnet.get(eip.spec.externalSubnet || defaultSubnet);
    // A router's port is a matter of its VPC.
    if (!isOwn(eip)) judge(eip, [{ field: 'spec.externalSubnet', to }]);
  }
  for (const vip of lookup.Vip.values())
    judge(vip, [{ field: 'spec.subnet', to: lookup.Subnet.get(vip.spec.subnet) }]);
  for (const kind of ruleKinds)
    for (const rule of lookup[kind].values()) judge(rule, referencesOf(rule, lookup));
  return { isLate: (object) => late.has(object), findings };
}

function referencesOf(rule: Rule, { OvnEip, Subnet, Vip, Vpc }: Referred): readonly Reference[] {
  const { ovnEip, ipName = '', vpc = '' } = rule.spec;
  const isVip = targetKindOf(rule) === 'Vip';
  const source = rule.kind === 'OvnSnatRule' ? (rule.spec.vpcSubnet ?? '') : '';
  return [
    { field: 'spec.ovnEip', to: OvnEip.get(ovnEip) },
    { field: 'spec.vpcSubnet', to: Subnet.get(source) },
    { field: 'spec.ipName', to: isVip ? Vip.get(ipName) : undefined },
    { field: 'spec.vpc', to: Vpc.get(vpc) },
  ];
}

/** Whether an object was made when another was being deleted. Who was made in the same second was there. */
function cameAfter({ metadata }: Resource, { metadata: { deletionTimestamp } }: Resource): boolean {
  const { creationTimestamp } = metadata;
  return (
    creationTimestamp !== undefined &&
    deletionTimestamp !== undefined &&
    creationTimestamp > deletionTimestamp
  );
}

/**
 * Whether a rule was led to an EIP that was being deleted, as far as statuses tell: its own has the addresses of another one, or says that it was
 * told so already and has none.
 */
function cameFromAnother(object: Resource, eip: Resource): boolean {
  if (!isRule(object) || eip.kind !== 'OvnEip' || !isTerminating(eip)) return false;
  const { v4Eip, v6Eip, conditions = [] } = object.status ?? {};
  const own = [v4Eip, v6Eip].filter(Boolean);
  const its = [eip.status?.v4Ip, eip.status?.v6Ip].filter(Boolean);
  if (own.length === 0) return conditions.some(({ type, reason }) => type === 'Ready' && reason === refused);
  return its.length > 0 && !own.some((address) => its.includes(address));
}

const refused = reasonOf('reference-terminating');

/** The finding that what an object names is being deleted. */
export function beingDeleted(object: ObjectRef, field: string | undefined, target: ObjectRef): Finding {
  const name = formatRef(target);
  return finding('reference-terminating', {
    object,
    ...(field !== undefined && { field }),
    message: `${name} is being deleted, so it takes no new users`,
    cure: `name another${field === undefined ? '' : ` in ${field}`}, or make ${name} anew once it is gone`,
    related: [target],
  });
}
