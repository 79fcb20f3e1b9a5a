import { formatRef, type OvnEip, type Rule, refOf } from '@berth/api';
import { type Ip, type Mac, parseIp, parseMac } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import { notGranted } from '../object/eip-grant.ts';
import type { RuleBook } from '../object/rule-book.ts';
import { notFound } from '../object/subnet.ts';
import type { Survey } from '../object/surveyed.ts';

/** The public side of a rule. */
export type EipUse = {
  readonly eip: OvnEip;
  readonly subnet: string;
  readonly mac: Mac;
  readonly addresses: readonly Ip[];
  /** Whether it is the own address of the VPC's router port. */
  readonly ofRouter: boolean;
};

/**
 * The EIP a rule names; undefined, with a finding, when there is none, when its type cannot carry rules, and when it is
 * not granted to the namespace that would use it.
 */
export function eipOf(
  rule: Rule,
  survey: Survey,
  { routerPorts }: RuleBook,
  findings: Finding[],
): OvnEip | undefined {
  const eip = survey.lookup.OvnEip.get(rule.spec.ovnEip);
  if (!eip) {
    // The address of a router port comes with the port.
    if (!routerPorts.has(rule.spec.ovnEip))
      findings.push(notFound(refOf(rule), 'spec.ovnEip', `ovn-eip/${rule.spec.ovnEip}`));
    return undefined;
  }
  if (eip.spec.type === 'lsp') findings.push(unusable(rule, eip, 'lsp, which belongs to a node'));
  else if (eip.spec.type === 'lrp' && !routerPorts.has(eip.metadata.name))
    findings.push(unusable(rule, eip, 'lrp, but no router has that port'));
  else {
    const refused = notGranted(rule, eip, survey);
    if (!refused) return eip;
    findings.push(refused);
  }
  return undefined;
}

/**
 * What a rule may use of its EIP. Undefined while the EIP has no address, which has a finding of its own, and where the
 * VPC is not attached to the EIP's subnet or another VPC uses the EIP already. Rules come in order of seniority.
 */
export function useEip(
  rule: Rule,
  eip: OvnEip,
  vpc: string,
  { subnetOf, routerPorts, attached, withheld, users }: RuleBook,
  findings: Finding[],
): EipUse | undefined {
  const subnet = subnetOf(eip);
  if (subnet === undefined) return undefined;
  const port = routerPorts.get(eip.metadata.name);
  const use = useOf(eip, { subnet, ofRouter: port !== undefined });
  if (!use) return undefined;
  const user = users.get(eip.metadata.name);
  const taken = port ? port.vpc.metadata.name : user?.vpc;
  if (taken !== undefined && taken !== vpc) {
    findings.push(otherVpc(rule, eip, vpc, taken, port ? undefined : user?.rule));
    return undefined;
  }
  if (!attached.get(vpc)?.has(subnet)) {
    // An attachment that is not made has a finding of its own.
    if (!withheld.get(vpc)?.has(subnet)) findings.push(notAttached(rule, eip, vpc, subnet));
    return undefined;
  }
  if (!user) users.set(eip.metadata.name, { vpc, rule });
  return use;
}

/** An EIP with what it has stored; undefined while that is not all. */
const useOf = perObjectWith(
  (eip: OvnEip, { subnet, ofRouter }: Pick<EipUse, 'subnet' | 'ofRouter'>): EipUse | undefined => {
    const { v4Ip, v6Ip, macAddress = '' } = eip.status ?? {};
    const addresses = [v4Ip, v6Ip].flatMap((text) => (text && parseIp(text)) || []);
    const mac = parseMac(macAddress);
    return mac && addresses.length > 0 ? { eip, subnet, mac, addresses, ofRouter } : undefined;
  },
);

/** The finding that an EIP and what a rule leads to have no address family in common. */
export function familyMismatch(
  rule: Rule,
  { eip, addresses }: EipUse,
  field: string,
  inside: readonly string[],
): Finding {
  const named = new Map<string, unknown>(Object.entries(rule.spec)).get(field.replace(/^spec\./, ''));
  const target = typeof named === 'string' && !inside.includes(named) ? `the target ${named}` : 'the target';
  return finding('family-mismatch', {
    object: refOf(rule),
    field,
    message: `ovn-eip/${eip.metadata.name} has ${addresses.join(', ')} and ${target} has only ${inside.join(', ')}`,
    cure: 'use an EIP and a target of the same address family',
    related: [refOf(eip)],
  });
}

function unusable(rule: Rule, eip: OvnEip, type: string): Finding {
  return finding('eip-unusable', {
    object: refOf(rule),
    field: 'spec.ovnEip',
    message: `ovn-eip/${eip.metadata.name} is of type ${type}`,
    cure: 'use an EIP of type nat',
    related: [refOf(eip)],
  });
}

function otherVpc(rule: Rule, eip: OvnEip, vpc: string, taken: string, holder: Rule | undefined): Finding {
  const how = holder ? `serves ${formatRef(refOf(holder))} in vpc/${taken}` : `is a port of vpc/${taken}`;
  return finding('eip-other-vpc', {
    object: refOf(rule),
    field: 'spec.ovnEip',
    message: `ovn-eip/${eip.metadata.name} ${how}, and this rule is for vpc/${vpc}`,
    cure: 'use an EIP of its own for each VPC',
    related: [refOf(eip), ...(holder ? [refOf(holder)] : []), { kind: 'Vpc', name: taken }],
  });
}

function notAttached(rule: Rule, eip: OvnEip, vpc: string, subnet: string): Finding {
  return finding('not-attached', {
    object: refOf(rule),
    field: 'spec.ovnEip',
    message: `vpc/${vpc} is not attached to subnet/${subnet}, where ovn-eip/${eip.metadata.name} has its address`,
    cure: `set spec.enableExternal of vpc/${vpc} and add ${subnet} to its spec.extraExternalSubnets`,
    related: [{ kind: 'Vpc', name: vpc }, refOf(eip)],
  });
}
