import { type OvnFip, refOf } from '@berth/api';
import { familyOf } from '@berth/net';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { origin } from '../finding/origin.ts';
import { type EipUse, eipOf, familyMismatch, useEip } from './eip-use.ts';
import type { FloatingIpIntent } from './intent.ts';
import { type Neighbours, obstacleOf } from './obstacle.ts';
import { decidePlacement } from './placement.ts';
import type { RuleBook } from './rule-book.ts';
import type { Survey } from './survey.ts';
import { type Target, targetOf } from './target.ts';

/** A floating IP whose place is not decided yet: that takes the rules that share its EIP or its workload. */
export type FloatingIpDraft = {
  readonly fip: OvnFip;
  readonly use: EipUse;
  readonly target: Target;
  readonly pairs: FloatingIpIntent['pairs'];
};

/** A floating IP that can be programmed; undefined, with a finding, when it cannot. One EIP serves one floating IP. */
export function draftFloatingIp(
  fip: OvnFip,
  survey: Survey,
  book: RuleBook,
  findings: Finding[],
): FloatingIpDraft | undefined {
  const eip = eipOf(fip, survey, book, findings);
  const holder = eip && book.floatingIps.get(eip.metadata.name);
  if (holder) findings.push(duplicate(fip, holder));
  const target = targetOf(fip, survey, findings);
  if (!eip || !target || holder) return undefined;
  const use = useEip(fip, eip, target.vpc, book, findings);
  // A target without an address has a finding of its own.
  if (!use || target.ips.length === 0) return undefined;
  book.floatingIps.set(eip.metadata.name, fip);
  const pairs = use.addresses.flatMap((external) => {
    const logical = target.ips.find((ip) => familyOf(ip) === familyOf(external));
    return logical ? [{ external, logical }] : [];
  });
  if (pairs.length > 0) return { fip, use, target, pairs };
  findings.push(familyMismatch(fip, use, target.field, target.ips));
  return undefined;
}

/** Decides where a floating IP runs. */
export function placeFloatingIp(
  { fip, use, target, pairs }: FloatingIpDraft,
  neighbours: Neighbours,
  survey: Survey,
  findings: Finding[],
): FloatingIpIntent {
  const object = refOf(fip);
  const obstacle = obstacleOf(use, target, neighbours);
  const placement = decidePlacement(fip, survey.lookup, obstacle === undefined);
  if (obstacle !== undefined && placement.effective !== placement.wanted) {
    findings.push(
      finding('cannot-distribute', {
        object,
        field: obstacle.field,
        message: `${obstacle.reason}, so the floating IP is centralized`,
        cure: `${obstacle.cure}, or set spec.type to centralized`,
        related: obstacle.related ? [obstacle.related] : [],
      }),
    );
  }
  const { port, node, field } = target;
  return {
    name: fip.metadata.name,
    ref: object,
    eip: refOf(use.eip),
    subnet: use.subnet,
    mac: use.mac,
    pairs,
    target: { origin: origin(object, field), port, node },
    placement,
  };
}

function duplicate(fip: OvnFip, holder: OvnFip): Finding {
  return finding('fip-duplicate', {
    object: refOf(fip),
    field: 'spec.ovnEip',
    message: `ovn-eip/${fip.spec.ovnEip} already serves ovn-fip/${holder.metadata.name}`,
    cure: 'give this floating IP an EIP of its own',
    related: [refOf(holder), { kind: 'OvnEip', name: fip.spec.ovnEip }],
  });
}
