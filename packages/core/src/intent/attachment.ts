import { refOf, type Vpc } from '@berth/api';
import { overlaps } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Lookup } from './lookup.ts';
import type { Origin } from './origin.ts';
import { notFound, type SurveyedSubnet } from './subnet.ts';

/** A VPC's wish to have a port on an external subnet. */
export type SurveyedAttachment = {
  readonly vpc: Vpc;
  readonly subnet: SurveyedSubnet;
  /** Name of the router port, and of the OvnEip of type lrp that holds its addresses. */
  readonly name: string;
  readonly origin: Origin;
};

/**
 * The external subnets each VPC is attached to: `spec.extraExternalSubnets` where given, else the installation's
 * default one; nothing unless `spec.enableExternal` is set.
 */
export function surveyAttachments(
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  defaultSubnet: string,
): { readonly attachments: readonly SurveyedAttachment[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const attachments = [...lookup.Vpc.values()].flatMap((vpc) =>
    wanted(vpc, defaultSubnet).flatMap(({ name, field }) => {
      const subnet = subnets.get(name);
      const problem = check(vpc, name, field, subnet, subnets, lookup);
      if (problem) findings.push(problem);
      if (!subnet || problem) return [];
      return [{ vpc, subnet, name: `${vpc.metadata.name}-${name}`, origin: { object: refOf(vpc), field } }];
    }),
  );
  return { attachments, findings };
}

function wanted(
  vpc: Vpc,
  defaultSubnet: string,
): readonly { readonly name: string; readonly field: string }[] {
  if (!vpc.spec.enableExternal) return [];
  const extra = vpc.spec.extraExternalSubnets ?? [];
  if (extra.length === 0) return [{ name: defaultSubnet, field: 'spec.enableExternal' }];
  return [...new Set(extra)].map((name, index) => ({ name, field: `spec.extraExternalSubnets[${index}]` }));
}

function check(
  vpc: Vpc,
  name: string,
  field: string,
  subnet: SurveyedSubnet | undefined,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  lookup: Lookup,
): Finding | undefined {
  const object = refOf(vpc);
  // A subnet that exists but was left out has a finding of its own.
  if (!subnet) return lookup.Subnet.has(name) ? undefined : notFound(object, field, `subnet/${name}`);
  if (!subnet.external) {
    return finding('not-external', {
      object,
      field,
      message: `subnet/${name} has no vlan, so it is no external subnet`,
      cure: `set spec.vlan of subnet/${name}, or name an external subnet`,
      related: [refOf(subnet.subnet)],
    });
  }
  const inside = [...subnets.values()].find(
    (each) =>
      each.vpc === vpc.metadata.name &&
      each.networks.some((one) => subnet.networks.some((other) => overlaps(one.cidr, other.cidr))),
  );
  if (!inside) return undefined;
  return finding('cidr-overlap', {
    object,
    field,
    message: `subnet/${name} overlaps subnet/${inside.subnet.metadata.name} of the same VPC`,
    cure: 'give one of the two subnets another network',
    related: [refOf(subnet.subnet), refOf(inside.subnet)],
  });
}
