import { defaultVpc, refOf, type Subnet } from '@berth/api';
import { cidrFamily, firstHost, overlaps, parseCidr, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { keeping } from '../../memo/per-item.ts';
import type { ExternalSubnetIntent, Network } from '../intent.ts';
import { bySeniority, type Lookup } from './lookup.ts';
import { same } from './same.ts';

/** A subnet whose networks are known and clash with no other. */
export type SurveyedSubnet = {
  /** Its status changes with every address, and decides about nothing. */
  readonly subnet: Omit<Subnet, 'status'>;
  readonly networks: readonly Network[];
  /** The VPC it belongs to; an external subnet belongs to none. */
  readonly vpc: string | undefined;
  readonly external: Pick<ExternalSubnetIntent, 'provider' | 'vlanId' | 'vlanRef'> | undefined;
};

type SubnetLookup = Pick<Lookup, 'ProviderNetwork' | 'Subnet' | 'Vlan' | 'Vpc'>;

/** Subnets that can be used, by name, and what keeps the others from it. */
export function surveySubnets(lookup: SubnetLookup): {
  readonly subnets: ReadonlyMap<string, SurveyedSubnet>;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [...lookup.Vlan.values()]
    .filter(({ spec }) => !lookup.ProviderNetwork.has(spec.provider))
    .map((vlan) => missing(vlan, 'spec.provider', `provider-network/${vlan.spec.provider}`));
  const accepted: SurveyedSubnet[] = [];
  for (const subnet of [...lookup.Subnet.values()].sort(bySeniority)) {
    const surveyed = surveySubnet(subnet, lookup, findings);
    if (!surveyed) continue;
    const rival = accepted.find((other) => sameSpace(other, surveyed) && overlap(other, surveyed));
    if (rival) findings.push(overlapFinding(subnet, rival.subnet));
    else accepted.push(surveyed);
  }
  const named = accepted.map((each) => [each.subnet.metadata.name, each] as const);
  return { subnets: new Map(named.sort(([left], [right]) => (left < right ? -1 : 1))), findings };
}

/** The subnets as they were surveyed before, for as long as they are the same: who goes by them sees that nothing changed. */
export const keptSubnets = keeping(
  (before: ReadonlyMap<string, SurveyedSubnet>, after: ReadonlyMap<string, SurveyedSubnet>) =>
    before.size === after.size && [...after].every(([name, each]) => isAs(each, before.get(name))),
);

function isAs({ subnet, ...rest }: SurveyedSubnet, before: SurveyedSubnet | undefined): boolean {
  if (before === undefined) return false;
  const { subnet: former, ...formerRest } = before;
  return same(subnet.spec, former.spec) && same(subnet.metadata, former.metadata) && same(rest, formerRest);
}

function surveySubnet(subnet: Subnet, lookup: SubnetLookup, findings: Finding[]): SurveyedSubnet | undefined {
  const networks = networksOf(subnet);
  const vlanName = subnet.spec.vlan ?? '';
  if (vlanName === '') {
    const vpc = subnet.spec.vpc || defaultVpc;
    if (lookup.Vpc.has(vpc)) return { subnet, networks, vpc, external: undefined };
    findings.push(missing(subnet, 'spec.vpc', `vpc/${vpc}`));
    return undefined;
  }
  const vlan = lookup.Vlan.get(vlanName);
  if (!vlan) {
    findings.push(missing(subnet, 'spec.vlan', `vlan/${vlanName}`));
    return undefined;
  }
  return {
    subnet,
    networks,
    vpc: undefined,
    external: { provider: vlan.spec.provider, vlanId: vlan.spec.id ?? 0, vlanRef: refOf(vlan) },
  };
}

/** The networks of a subnet, IPv4 first; the gateway is the first host where none is given. */
function networksOf(subnet: Subnet): readonly Network[] {
  const gateways = (subnet.spec.gateway ?? '').split(',').flatMap((text) => parseIp(text.trim()) ?? []);
  return subnet.spec.cidrBlock
    .split(',')
    .flatMap((text) => parseCidr(text.trim()) ?? [])
    .map((cidr) => ({
      cidr,
      gateway: gateways.find((ip) => ip.includes(':') === (cidrFamily(cidr) === 'IPv6')) ?? firstHost(cidr),
    }))
    .sort((left, right) => (cidrFamily(left.cidr) < cidrFamily(right.cidr) ? -1 : 1));
}

/** Whether addresses of two subnets meet: on one router, or on one physical network. */
function sameSpace(left: SurveyedSubnet, right: SurveyedSubnet): boolean {
  if (left.external && right.external) {
    return (
      left.external.provider === right.external.provider && left.external.vlanId === right.external.vlanId
    );
  }
  return left.vpc !== undefined && left.vpc === right.vpc;
}

function overlap(left: SurveyedSubnet, right: SurveyedSubnet): boolean {
  return left.networks.some((one) => right.networks.some((other) => overlaps(one.cidr, other.cidr)));
}

function overlapFinding(subnet: Subnet, rival: SurveyedSubnet['subnet']): Finding {
  return finding('cidr-overlap', {
    object: refOf(subnet),
    field: 'spec.cidrBlock',
    message: `${subnet.spec.cidrBlock} overlaps ${rival.spec.cidrBlock} of subnet/${rival.metadata.name}`,
    cure: 'give the subnet a network of its own',
    related: [refOf(rival)],
  });
}

function missing(object: Parameters<typeof refOf>[0], field: string, target: string): Finding {
  return notFound(refOf(object), field, target);
}

/** The finding that an object refers to one that does not exist. `target` as kubectl names it. */
export function notFound(object: ReturnType<typeof refOf>, field: string, target: string): Finding {
  return finding('reference-not-found', {
    object,
    field,
    message: `${target} does not exist`,
    cure: `create ${target}, or correct ${field}`,
  });
}
