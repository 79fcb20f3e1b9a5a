import { formatRef, type OvnDnatRule, refOf } from '@berth/api';
import { familyOf, formatEndpoint, parsePort } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { origin } from '../../finding/origin.ts';
import type { PortForwardIntent } from '../intent.ts';
import type { RuleBook } from '../object/rule-book.ts';
import { refusedBySeveralGateways } from '../object/several-gateways.ts';
import type { Survey } from '../object/surveyed.ts';
import { eipOf, familyMismatch, useEip } from './eip-use.ts';
import { targetOf } from './target.ts';

/** A DNAT rule that can be programmed, with its VPC; undefined, with a finding, when it cannot. */
export function resolvePortForward(
  rule: OvnDnatRule,
  survey: Survey,
  book: RuleBook,
  findings: Finding[],
): { readonly vpc: string; readonly intent: PortForwardIntent } | undefined {
  const eip = eipOf(rule, survey, book, findings);
  const target = targetOf(rule, survey, findings);
  const use = eip && target && useEip(rule, eip, target.vpc, book, findings);
  const { protocol } = rule.spec;
  const externalPort = parsePort(rule.spec.externalPort);
  const internalPort = parsePort(rule.spec.internalPort);
  // A target without an address has a finding of its own.
  if (!use || target.ips.length === 0 || externalPort === undefined || internalPort === undefined)
    return undefined;
  const forwards = use.addresses.flatMap((external) => {
    const logical = target.ips.find((ip) => familyOf(ip) === familyOf(external));
    if (!logical) return [];
    return [{ external: { ip: external, port: externalPort }, logical: { ip: logical, port: internalPort } }];
  });
  const refused =
    forwards.length === 0
      ? [familyMismatch(rule, use, target.field, target.ips)]
      : refusedBySeveralGateways(rule, target.vpc, book);
  const taken = forwards.map(({ external }) => `${protocol} ${formatEndpoint(external)}`);
  const holder = taken.map((key) => book.ports.get(key)).find((each) => each !== undefined);
  if (refused.length > 0 || holder) {
    findings.push(...refused, ...(holder ? [portTaken(rule, holder)] : []));
    return undefined;
  }
  for (const key of taken) book.ports.set(key, rule);
  return {
    vpc: target.vpc,
    intent: {
      name: rule.metadata.name,
      ref: refOf(rule),
      eip: refOf(use.eip),
      subnet: use.subnet,
      protocol,
      forwards,
      target: origin(refOf(rule), target.field),
    },
  };
}

function portTaken({ metadata, spec }: OvnDnatRule, holder: OvnDnatRule): Finding {
  return finding('port-taken', {
    object: { kind: 'OvnDnatRule', name: metadata.name },
    field: 'spec.externalPort',
    message: `${spec.protocol} port ${spec.externalPort} of ovn-eip/${spec.ovnEip} is forwarded by ${formatRef(refOf(holder))} already`,
    cure: 'choose another port or another EIP',
    related: [refOf(holder), { kind: 'OvnEip', name: spec.ovnEip }],
  });
}
