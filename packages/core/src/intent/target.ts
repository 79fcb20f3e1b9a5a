import { type OvnFip, refOf } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { storedIps } from './ip-candidate.ts';
import { podOfPort } from './pod.ts';
import { notFound } from './subnet.ts';
import type { Survey } from './survey.ts';

/** What a floating IP leads to. */
export type Target = {
  readonly vpc: string;
  /** The field that names it. */
  readonly field: string;
  readonly ips: readonly Ip[];
  /** The logical switch port of a workload; undefined for a bare address. */
  readonly port: string | undefined;
  readonly node: string | undefined;
};

/** The target of a floating IP; undefined, mostly with a finding, while it cannot be told. */
export function targetOf(fip: OvnFip, survey: Survey, findings: Finding[]): Target | undefined {
  const { spec } = fip;
  if (!spec.ipName) return bareTarget(fip, survey, findings);
  const kind = spec.ipType === 'vip' ? 'vip' : 'ip';
  const ip = kind === 'ip' ? survey.lookup.IP.get(spec.ipName) : undefined;
  if (!ip) {
    // A pod without an address has a finding of its own.
    if (kind === 'ip' && podOfPort(spec.ipName, survey.lookup)) return undefined;
    findings.push(notFound(refOf(fip), 'spec.ipName', `${kind}/${spec.ipName}`));
    return undefined;
  }
  const vpc = survey.subnets.get(ip.spec.subnet ?? '')?.vpc;
  return vpc === undefined
    ? undefined
    : {
        vpc,
        field: 'spec.ipName',
        ips: storedIps(ip),
        port: spec.ipName,
        node: ip.spec.nodeName || undefined,
      };
}

function bareTarget(fip: OvnFip, { lookup }: Survey, findings: Finding[]): Target | undefined {
  const { spec } = fip;
  const vpc = spec.vpc ?? '';
  if (!lookup.Vpc.has(vpc)) {
    findings.push(notFound(refOf(fip), 'spec.vpc', `vpc/${vpc}`));
    return undefined;
  }
  const ips = [spec.v4Ip, spec.v6Ip].flatMap((text) => (text && parseIp(text)) || []);
  return { vpc, field: spec.v4Ip ? 'spec.v4Ip' : 'spec.v6Ip', ips, port: undefined, node: undefined };
}
