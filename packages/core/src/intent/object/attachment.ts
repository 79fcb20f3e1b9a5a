import { formatRef, refOf, type Vpc } from '@berth/api';
import { overlaps } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Origin } from '../../finding/origin.ts';
import { keeping } from '../../memo/per-item.ts';
import { configAgainst } from './default-vpc.ts';
import { externalWishes } from './external-wish.ts';
import type { GatewayConfig } from './gateway-config.ts';
import type { Lookup } from './lookup.ts';
import { overlongName } from './overlong-name.ts';
import { routerPortName } from './router-port-name.ts';
import { same } from './same.ts';
import { notFound, type SurveyedSubnet } from './subnet.ts';
import type { SurveyedAttachment } from './surveyed.ts';

/** The external subnets each VPC is attached to, and what keeps it from the others it wishes for. */
export function surveyAttachments(
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  defaultSubnet: string,
  config: GatewayConfig | undefined,
): { readonly attachments: readonly SurveyedAttachment[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [...lookup.Vpc.values()].flatMap((vpc) => idleExternals(vpc, config));
  const attachments = [...lookup.Vpc.values()].flatMap((vpc) =>
    externalWishes(vpc, config, defaultSubnet).flatMap(({ subnet: name, origin }) => {
      const subnet = subnets.get(name);
      const problem = check(vpc, name, origin, subnet, subnets, lookup) ?? overlongPort(vpc, name, origin);
      if (problem) findings.push(problem);
      if (!subnet || problem) return [];
      if (config && origin.object.kind === config.ref.kind) findings.push(...configAgainst(config, subnet));
      return [{ vpc, subnet, name: routerPortName(vpc.metadata.name, name), origin }];
    }),
  );
  return { attachments, findings };
}

const isAsBefore = (before: readonly SurveyedAttachment[], after: readonly SurveyedAttachment[]): boolean =>
  before.length === after.length &&
  after.every((each, place) => {
    const former = before[place];
    return former?.vpc === each.vpc && former.subnet === each.subnet && same(former.origin, each.origin);
  });

/** The attachments of before, for as long as they are the same. */
export const keptAttachments = keeping(isAsBefore);
/** The same of those that are not made. */
export const keptWithheld = keeping(isAsBefore);

/** External subnets that a VPC names without attaching to any. */
function idleExternals(vpc: Vpc, config: GatewayConfig | undefined): readonly Finding[] {
  const { extraExternalSubnets = [], enableExternal } = vpc.spec;
  const wished = externalWishes(vpc, config, '').length > 0;
  if (wished || extraExternalSubnets.length === 0) return [];
  const said = enableExternal === undefined ? 'is not set' : 'is false';
  return [
    finding('external-idle', {
      object: refOf(vpc),
      field: 'spec.extraExternalSubnets',
      message: `${formatRef(refOf(vpc))} is not attached to ${extraExternalSubnets.join(', ')}: spec.enableExternal ${said}`,
      cure: 'set spec.enableExternal to true, or remove spec.extraExternalSubnets',
      related: extraExternalSubnets.map((name) => ({ kind: 'Subnet', name })),
    }),
  ];
}

function check(
  vpc: Vpc,
  name: string,
  { object, field = '' }: Origin,
  subnet: SurveyedSubnet | undefined,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  lookup: Lookup,
): Finding | undefined {
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
    message: `subnet/${name} overlaps subnet/${inside.subnet.metadata.name} of ${vpcName(vpc, object)}`,
    cure: 'give one of the two subnets another network',
    related: [refOf(subnet.subnet), refOf(inside.subnet)],
  });
}

function overlongPort(vpc: Vpc, subnet: string, origin: Origin): Finding | undefined {
  return overlongName(routerPortName(vpc.metadata.name, subnet), {
    ...origin,
    what: `the name of the router port's EIP, made of those of the VPC and of subnet/${subnet},`,
    cure: 'make the VPC or the subnet anew with a shorter name',
  });
}

function vpcName(vpc: Vpc, asking: Origin['object']): string {
  return asking.kind === 'Vpc' ? 'the same VPC' : formatRef(refOf(vpc));
}
