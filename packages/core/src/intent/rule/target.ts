import { formatRef, type IP, type OvnDnatRule, type OvnFip, type Rule, refOf, type Vip } from '@berth/api';
import { contains, type Ip, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { perObject, perObjectWith } from '../../memo/per-object.ts';
import { misfit } from '../address/pool.ts';
import type { Lookup } from '../object/lookup.ts';
import { podOfPort } from '../object/port-holder.ts';
import { storedIps } from '../object/stored-ips.ts';
import { notFound } from '../object/subnet.ts';
import type { Survey } from '../object/surveyed.ts';
import { vipAddresses } from '../object/vip.ts';
import { successorOf } from '../pod/successor.ts';
import { addressMismatches } from './address-mismatch.ts';

/** What a rule leads to: the port of a workload, a Vip, or a bare address. */
export type Target = {
  readonly kind: 'port' | 'vip' | 'address';
  readonly vpc: string;
  /** The field that names it. */
  readonly field: string;
  readonly ips: readonly Ip[];
  /** The logical switch port of a workload; undefined for everything else. */
  readonly port: string | undefined;
  readonly node: string | undefined;
};

/** The target of a rule; undefined, mostly with a finding, while it cannot be told. */
export function targetOf(
  rule: OvnFip | OvnDnatRule,
  survey: Survey,
  findings: Finding[],
): Target | undefined {
  const { spec } = rule;
  if (!spec.ipName) return bareTarget(rule, survey, findings);
  const target = spec.ipType === 'vip' ? vipTarget(rule, survey, findings) : ipTarget(rule, survey, findings);
  if (!target) return undefined;
  const mismatches = addressMismatches(rule, target.ips);
  findings.push(...mismatches);
  if (!spec.vpc || spec.vpc === target.vpc) return mismatches.length === 0 ? target : undefined;
  findings.push(
    finding('vpc-mismatch', {
      object: refOf(rule),
      field: 'spec.vpc',
      message: `spec.vpc is ${spec.vpc}, and ${spec.ipName} is in vpc/${target.vpc}`,
      cure: 'remove spec.vpc, which spec.ipName makes needless, or name a target in that VPC',
      related: [{ kind: 'Vpc', name: target.vpc }],
    }),
  );
  return undefined;
}

/** The workload that a rule names by its IP. */
export function ipTarget(rule: Rule, survey: Survey, findings: Finding[]): Target | undefined {
  const name = rule.spec.ipName ?? '';
  const ip = survey.lookup.IP.get(name);
  if (!ip) {
    // A pod without an address has a finding of its own.
    if (!podOfPort(name, survey.lookup)) findings.push(noIp(rule, name, survey.lookup));
    return undefined;
  }
  const vpc = vpcOf(rule, ip, survey, findings);
  return vpc === undefined ? undefined : portOf(ip, { vpc });
}

const portOf = perObjectWith(
  (ip: IP, { vpc }: Pick<Target, 'vpc'>): Target => ({
    ...{ kind: 'port', vpc, field: 'spec.ipName', ips: storedIps(ip) },
    ...{ port: ip.metadata.name, node: ip.spec.nodeName || undefined },
  }),
);

/** The finding that there is no such IP, with the pod that may have come in place of the one it was of. */
function noIp(rule: Rule, name: string, lookup: Lookup): Finding {
  const missing = notFound(refOf(rule), 'spec.ipName', `ip/${name}`);
  const successor = successorOf(name, lookup);
  if (successor === undefined) return { ...missing, cure: podCure(name) ?? missing.cure };
  return {
    ...missing,
    message: `${missing.message}; a pod that was replaced has another name, here maybe ${successor}`,
    cure: `name ${successor} in spec.ipName, or a Vip, which outlives pods`,
  };
}

/** The IP of a pod comes with the pod; undefined for a name that is none of a pod's. */
function podCure(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  if (dot < 1) return undefined;
  const pod = formatRef({ kind: 'Pod', namespace: name.slice(dot + 1), name: name.slice(0, dot) });
  return `make ${pod}, which gets ip/${name}, or correct spec.ipName`;
}

function vipTarget(rule: OvnFip | OvnDnatRule, survey: Survey, findings: Finding[]): Target | undefined {
  const name = rule.spec.ipName ?? '';
  const vip = survey.lookup.Vip.get(name);
  if (!vip) {
    findings.push(notFound(refOf(rule), 'spec.ipName', `vip/${name}`));
    return undefined;
  }
  const vpc = vpcOf(rule, vip, survey, findings);
  return vpc === undefined ? undefined : vipOf(vip, { vpc });
}

const vipOf = perObjectWith(
  (vip: Vip, { vpc }: Pick<Target, 'vpc'>): Target => ({
    ...{ kind: 'vip', vpc, field: 'spec.ipName', ips: vipAddresses(vip) },
    ...{ port: undefined, node: undefined },
  }),
);

/** The VPC of an address; a subnet that was left out has a finding of its own. */
function vpcOf(rule: Rule, address: IP | Vip, { subnets }: Survey, findings: Finding[]): string | undefined {
  const subnet = subnets.get(address.spec.subnet ?? '');
  if (subnet?.external)
    findings.push(outsideVpc(rule, 'spec.ipName', formatRef(refOf(address)), subnet.subnet.metadata.name));
  return subnet?.vpc;
}

/** The finding that something is on an external subnet, which belongs to no VPC. */
export function outsideVpc(rule: Rule, field: string, what: string, subnet: string): Finding {
  const where = what === `subnet/${subnet}` ? 'is external' : `is on subnet/${subnet}, which is external`;
  return finding('target-outside-vpc', {
    object: refOf(rule),
    field,
    message: `${what} ${where}, so it is in no VPC`,
    cure: 'name something in a VPC',
    related: [{ kind: 'Subnet', name: subnet }],
  });
}

function bareTarget(
  rule: OvnFip | OvnDnatRule,
  { lookup, subnets }: Survey,
  findings: Finding[],
): Target | undefined {
  const vpc = rule.spec.vpc ?? '';
  if (!lookup.Vpc.has(vpc)) {
    findings.push(notFound(refOf(rule), 'spec.vpc', `vpc/${vpc}`));
    return undefined;
  }
  const target = addressIn(rule);
  const nobodys = target.ips.flatMap((ip) => {
    const field = ip.includes(':') ? 'spec.v6Ip' : 'spec.v4Ip';
    return noWorkloads(rule, { ip, field, vpc }, { subnets });
  });
  findings.push(...nobodys);
  return nobodys.length === 0 ? target : undefined;
}

type Bare = { readonly ip: Ip; readonly field: string; readonly vpc: string };

/** That no workload can have an address of a subnet. An address of no subnet may be behind a route. */
export function noWorkloads(
  rule: Rule,
  { ip, field, vpc }: Bare,
  { subnets }: Pick<Survey, 'subnets'>,
): readonly Finding[] {
  for (const { subnet, networks, vpc: own } of subnets.values()) {
    const network = own === vpc ? networks.find(({ cidr }) => contains(cidr, ip)) : undefined;
    const problem = network && misfit(refOf(rule), { value: ip, field }, subnet.metadata.name, network);
    if (problem) return [{ ...problem, cure: nameWorkload[rule.kind] }];
  }
  return [];
}

const nameWorkload = {
  OvnFip: 'name the address of a workload, or the workload by spec.ipName',
  OvnDnatRule: 'name the address of a workload, or the workload by spec.ipName',
  OvnSnatRule:
    'name the address of a workload, a network with its prefix length, or a subnet by spec.vpcSubnet',
};

const addressIn = perObject(({ spec }: OvnFip | OvnDnatRule): Target => {
  const { vpc = '' } = spec;
  const ips = [spec.v4Ip, spec.v6Ip].flatMap((text) => (text && parseIp(text)) || []);
  const field = spec.v4Ip ? 'spec.v4Ip' : 'spec.v6Ip';
  return { kind: 'address', vpc, field, ips, port: undefined, node: undefined };
});
