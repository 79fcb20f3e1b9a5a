import { type OvnEip, type OvnFip, refOf } from '@berth/api';
import { familyOf, type Ip, parseIp, parseMac } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { FloatingIpIntent } from './intent.ts';
import { bySeniority } from './lookup.ts';
import { origin } from './origin.ts';
import { decidePlacement } from './placement.ts';
import { notFound } from './subnet.ts';
import type { Survey } from './survey.ts';
import { type Target, targetOf } from './target.ts';

/** The floating IPs that can be programmed, by VPC, and why the others cannot. */
export function resolveFloatingIps(survey: Survey): {
  readonly byVpc: ReadonlyMap<string, readonly FloatingIpIntent[]>;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const holders = new Map<string, OvnFip>();
  const byVpc = new Map<string, FloatingIpIntent[]>();
  for (const fip of [...survey.lookup.OvnFip.values()].sort(bySeniority)) {
    const eip = eipOf(fip, survey, holders, findings);
    const target = targetOf(fip, survey, findings);
    if (!eip || !target) continue;
    holders.set(eip.metadata.name, fip);
    const resolved = resolve(fip, eip, target, survey, findings);
    if (resolved) byVpc.set(target.vpc, [...(byVpc.get(target.vpc) ?? []), resolved]);
  }
  return { byVpc: new Map([...byVpc].map(([vpc, fips]) => [vpc, fips.sort(byName)])), findings };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

function resolve(
  fip: OvnFip,
  eip: OvnEip,
  target: Target,
  survey: Survey,
  findings: Finding[],
): FloatingIpIntent | undefined {
  const object = refOf(fip);
  const subnet = survey.eips.find((each) => each.eip === eip)?.subnet.subnet.metadata.name;
  const mac = parseMac(eip.status?.macAddress ?? '');
  const externals = [eip.status?.v4Ip, eip.status?.v6Ip].flatMap((text) => (text && parseIp(text)) || []);
  // An EIP without subnet or addresses, and a target without, has a finding of its own.
  if (subnet === undefined || !mac || externals.length === 0 || target.ips.length === 0) return undefined;
  if (
    !survey.attachments.some(
      (each) => each.vpc.metadata.name === target.vpc && each.subnet.subnet.metadata.name === subnet,
    )
  ) {
    findings.push(notAttached(fip, eip, target.vpc, subnet));
    return undefined;
  }
  const pairs = externals.flatMap((external) => {
    const logical = target.ips.find((ip) => familyOf(ip) === familyOf(external));
    return logical ? [{ external, logical }] : [];
  });
  if (pairs.length === 0) {
    findings.push(familyMismatch(fip, eip, externals, target));
    return undefined;
  }
  const placement = decidePlacement(fip, survey.lookup, target.port !== undefined);
  if (placement.effective !== placement.wanted) {
    findings.push(
      finding('cannot-distribute', {
        object,
        field: target.field,
        message: 'the target is an address without a port of a workload, so the floating IP is centralized',
        cure: 'name an IP object in spec.ipName, or set spec.type to centralized',
      }),
    );
  }
  const { port, node, field } = target;
  return {
    name: fip.metadata.name,
    ref: object,
    eip: refOf(eip),
    subnet,
    mac,
    pairs,
    target: { origin: origin(object, field), port, node },
    placement,
  };
}

function eipOf(
  fip: OvnFip,
  { lookup }: Survey,
  holders: ReadonlyMap<string, OvnFip>,
  findings: Finding[],
): OvnEip | undefined {
  const eip = lookup.OvnEip.get(fip.spec.ovnEip);
  const object = refOf(fip);
  const holder = holders.get(fip.spec.ovnEip);
  if (!eip) findings.push(notFound(object, 'spec.ovnEip', `ovn-eip/${fip.spec.ovnEip}`));
  else if (eip.spec.type === 'lsp') {
    findings.push(
      finding('eip-unusable', {
        object,
        field: 'spec.ovnEip',
        message: `ovn-eip/${eip.metadata.name} is of type lsp, which belongs to a node`,
        cure: 'use an EIP of type nat',
        related: [refOf(eip)],
      }),
    );
  } else if (holder) {
    findings.push(
      finding('fip-duplicate', {
        object,
        field: 'spec.ovnEip',
        message: `ovn-eip/${eip.metadata.name} already serves ovn-fip/${holder.metadata.name}`,
        cure: 'give this floating IP an EIP of its own',
        related: [refOf(holder), refOf(eip)],
      }),
    );
  } else return eip;
  return undefined;
}

function notAttached(fip: OvnFip, eip: OvnEip, vpc: string, subnet: string): Finding {
  return finding('not-attached', {
    object: refOf(fip),
    field: 'spec.ovnEip',
    message: `vpc/${vpc} is not attached to subnet/${subnet}, where ovn-eip/${eip.metadata.name} has its address`,
    cure: `set spec.enableExternal of vpc/${vpc} and add ${subnet} to its spec.extraExternalSubnets`,
    related: [{ kind: 'Vpc', name: vpc }, refOf(eip)],
  });
}

function familyMismatch(fip: OvnFip, eip: OvnEip, externals: readonly Ip[], target: Target): Finding {
  return finding('family-mismatch', {
    object: refOf(fip),
    field: target.field,
    message: `ovn-eip/${eip.metadata.name} has ${externals.join(', ')} and the target has only ${target.ips.join(', ')}`,
    cure: 'use an EIP and a target of the same address family',
    related: [refOf(eip)],
  });
}
