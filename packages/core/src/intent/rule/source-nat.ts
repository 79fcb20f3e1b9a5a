import { type OvnSnatRule, refOf } from '@berth/api';
import { type Cidr, familyOf, type Ip, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { origin } from '../../finding/origin.ts';
import type { SourceNatIntent } from '../intent.ts';
import type { RuleBook } from '../object/rule-book.ts';
import { firstOf, narrow, takeSources } from '../object/source-overlap.ts';
import { notFound } from '../object/subnet.ts';
import type { Survey } from '../object/surveyed.ts';
import { eipOf, familyMismatch, useEip } from './eip-use.ts';
import { ipTarget, noWorkloads, outsideVpc } from './target.ts';

/** Whose traffic a rule is about. Networks of one address are that address. */
type Source = { readonly vpc: string; readonly field: string; readonly networks: readonly (Ip | Cidr)[] };

/** An SNAT rule that can be programmed, with its VPC; undefined, with a finding, when it cannot. */
export function resolveSourceNat(
  rule: OvnSnatRule,
  survey: Survey,
  book: RuleBook,
  findings: Finding[],
): { readonly vpc: string; readonly intent: SourceNatIntent } | undefined {
  const eip = eipOf(rule, survey, book, findings);
  const source = sourceOf(rule, survey, findings);
  const use = eip && source && useEip(rule, eip, source.vpc, book, findings);
  // A workload without an address has a finding of its own.
  if (!use || source.networks.length === 0) return undefined;
  const pairs = source.networks.flatMap((logical) => {
    const external = use.addresses.find((ip) => familyOf(ip) === familyOf(firstOf(logical)));
    return external ? [{ external, logical }] : [];
  });
  if (pairs.length === 0) {
    findings.push(familyMismatch(rule, use, source.field, source.networks));
    return undefined;
  }
  const translated = pairs.map(({ logical }) => ({ rule, field: source.field, source: logical }));
  const clashes = takeSources(book.sources, `${source.vpc} ${use.subnet}`, translated);
  if (clashes.length > 0) {
    findings.push(...clashes);
    return undefined;
  }
  return {
    vpc: source.vpc,
    intent: {
      name: rule.metadata.name,
      ref: refOf(rule),
      eip: refOf(use.eip),
      subnet: use.subnet,
      pairs,
      source: origin(refOf(rule), source.field),
    },
  };
}

/** Addresses given come before a whole subnet, which comes before a workload. */
function sourceOf(rule: OvnSnatRule, survey: Survey, findings: Finding[]): Source | undefined {
  const { spec } = rule;
  const given = [spec.v4IpCidr, spec.v6IpCidr].flatMap(
    (text) => (text && (narrow(text) ?? parseIp(text))) || [],
  );
  const named = spec.vpc ? undefined : namedSource(rule, survey, findings);
  if (given.length === 0) return named;
  const vpc = spec.vpc || named?.vpc;
  if (vpc === undefined) return undefined;
  if (!survey.lookup.Vpc.has(vpc)) {
    findings.push(notFound(refOf(rule), 'spec.vpc', `vpc/${vpc}`));
    return undefined;
  }
  const nobodys = given.flatMap((each) => {
    const ip = parseIp(each);
    const field = each.includes(':') ? 'spec.v6IpCidr' : 'spec.v4IpCidr';
    return ip ? noWorkloads(rule, { ip, field, vpc }, survey) : [];
  });
  findings.push(...nobodys);
  if (nobodys.length > 0) return undefined;
  return { vpc, field: spec.v4IpCidr ? 'spec.v4IpCidr' : 'spec.v6IpCidr', networks: given };
}

function namedSource(rule: OvnSnatRule, survey: Survey, findings: Finding[]): Source | undefined {
  const { vpcSubnet, ipName } = rule.spec;
  if (!vpcSubnet) {
    const target = ipName ? ipTarget(rule, survey, findings) : undefined;
    return target && { vpc: target.vpc, field: target.field, networks: target.ips };
  }
  const subnet = survey.subnets.get(vpcSubnet);
  const field = 'spec.vpcSubnet';
  if (subnet?.vpc !== undefined)
    return { vpc: subnet.vpc, field, networks: subnet.networks.map(({ cidr }) => cidr) };
  if (subnet) findings.push(outsideVpc(rule, field, `subnet/${vpcSubnet}`, vpcSubnet));
  // A subnet that exists but was left out has a finding of its own.
  else if (!survey.lookup.Subnet.has(vpcSubnet))
    findings.push(notFound(refOf(rule), field, `subnet/${vpcSubnet}`));
  return undefined;
}
