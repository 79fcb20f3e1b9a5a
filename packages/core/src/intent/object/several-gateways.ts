import {
  allowDnatStopAnnotation,
  defaultVpc,
  formatRef,
  type OvnDnatRule,
  refOf,
  type Vpc,
} from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Lookup } from './lookup.ts';
import type { RuleBook } from './rule-book.ts';
import type { SurveyedAttachment, SurveyedPod } from './surveyed.ts';

/** The attachments that are made, and those that are not because they would stop port forwards. */
export type Attachments = {
  readonly attachments: readonly SurveyedAttachment[];
  readonly withheld: readonly SurveyedAttachment[];
  readonly findings: readonly Finding[];
};

/**
 * OVN does no load balancing on a router with two gateway ports, so whichever was there first stays: a VPC with DNAT rules
 * gets no second attachment, and one with two attachments (by its stored status) gets no DNAT rule. A VPC that is annotated
 * to allow it is attached all the same, and its DNAT rules are stopped.
 */
export function withholdAttachments(
  all: readonly SurveyedAttachment[],
  lookup: Lookup,
  pods: readonly SurveyedPod[],
  defaultSubnet: string,
): Attachments {
  const findings: Finding[] = [];
  const podByName = new Map(pods.map((pod) => [pod.name, pod]));
  const rulesOf = Map.groupBy(lookup.OvnDnatRule.values(), (rule) => vpcOf(rule, lookup, podByName));
  const withheld = [...Map.groupBy(all, ({ vpc }) => vpc)].flatMap(([vpc, own]) => {
    const rules = rulesOf.get(vpc.metadata.name) ?? [];
    if (own.length < 2 || rules.length === 0 || mayStopRules(vpc)) return [];
    const refused = laterThan(
      own,
      attachedBefore(vpc, defaultSubnet),
      subnetsOf(rules, lookup, defaultSubnet),
    );
    findings.push(...refused.flatMap((each) => notAttached(each, rules)));
    return refused;
  });
  return { attachments: all.filter((each) => !withheld.includes(each)), withheld, findings };
}

function mayStopRules({ metadata }: Vpc): boolean {
  return metadata.annotations[allowDnatStopAnnotation] === 'true';
}

/** Why a DNAT rule cannot be on the router of a VPC; nothing where it can. */
export function refusedBySeveralGateways(
  rule: OvnDnatRule,
  vpc: string,
  { attachmentsOf }: RuleBook,
): readonly Finding[] {
  const own = attachmentsOf.get(vpc) ?? [];
  const [first] = own;
  if (!first || own.length < 2) return [];
  const object = refOf(rule);
  const names = own.map(({ subnet }) => `subnet/${subnet.subnet.metadata.name}`).join(' and ');
  const why = `vpc/${vpc} is attached to ${names}, and OVN forwards ports only on a router with one gateway port`;
  const cure = 'detach the VPC from all external subnets but one, or delete the rule';
  return [
    finding('dnat-several-gateways', {
      object,
      field: 'spec.ovnEip',
      message: why,
      cure,
      related: [refOf(first.vpc)],
    }),
    finding('dnat-several-gateways', {
      object: refOf(first.vpc),
      field: 'spec.extraExternalSubnets',
      severity: 'warning',
      message: `${formatRef(object)} is not programmed: ${why}`,
      cure,
      related: [object],
    }),
  ];
}

/** The external subnets a VPC had ports on when its status was stored. */
function attachedBefore({ status }: Vpc, defaultSubnet: string): readonly string[] {
  if (!status?.enableExternal) return [];
  const extra = status.extraExternalSubnets ?? [];
  return extra.length > 0 ? extra : [defaultSubnet];
}

/** All attachments but those there before; with none before, all but one, of the rules' own subnet if possible. */
function laterThan(
  own: readonly SurveyedAttachment[],
  before: readonly string[],
  preferred: readonly string[],
): readonly SurveyedAttachment[] {
  const on = (names: readonly string[]) =>
    own.filter(({ subnet }) => names.includes(subnet.subnet.metadata.name));
  const kept = on(before).length > 0 ? on(before) : [on(preferred)[0] ?? own[0]];
  return own.filter((each) => !kept.includes(each));
}

function subnetsOf(
  rules: readonly OvnDnatRule[],
  { OvnEip }: Lookup,
  defaultSubnet: string,
): readonly string[] {
  return rules.flatMap(({ spec }) => {
    const eip = OvnEip.get(spec.ovnEip);
    return eip ? [eip.spec.externalSubnet || defaultSubnet] : [];
  });
}

/** The VPC a rule leads to, whatever else is wrong with it. */
function vpcOf(
  { spec }: OvnDnatRule,
  lookup: Lookup,
  pods: ReadonlyMap<string, SurveyedPod>,
): string | undefined {
  if (!spec.ipName) return spec.vpc;
  const named = spec.ipType === 'vip' ? lookup.Vip.get(spec.ipName) : lookup.IP.get(spec.ipName);
  const pod = pods.get(spec.ipName);
  if (pod && spec.ipType !== 'vip') return pod.subnet.vpc;
  const subnet = lookup.Subnet.get(named?.spec.subnet ?? '');
  return subnet && !subnet.spec.vlan ? subnet.spec.vpc || defaultVpc : undefined;
}

function notAttached(
  { vpc, subnet, origin }: SurveyedAttachment,
  rules: readonly OvnDnatRule[],
): readonly Finding[] {
  const name = subnet.subnet.metadata.name;
  const users = rules.map((rule) => formatRef(refOf(rule))).join(', ');
  const why = 'OVN forwards ports only on a router with one gateway port';
  const cure = `delete the DNAT rules of vpc/${vpc.metadata.name}, do not attach it to subnet/${name}, or stop the rules with the annotation ${allowDnatStopAnnotation}: "true" on the Vpc`;
  return [
    finding('dnat-several-gateways', {
      object: refOf(vpc),
      field: origin.field,
      message: `subnet/${name} is not attached: ${why}, and this one has ${users}`,
      cure,
      related: rules.map(refOf),
    }),
    ...rules.map((rule) =>
      finding('dnat-several-gateways', {
        object: refOf(rule),
        severity: 'warning',
        message: `keeps vpc/${vpc.metadata.name} from being attached to subnet/${name}: ${why}`,
        cure,
        related: [refOf(vpc)],
      }),
    ),
  ];
}
