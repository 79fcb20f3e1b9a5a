import { type ConfigMap, formatRef, type Keep, keepText, type OvnFip, readKeep, refOf } from '@berth/api';
import { familyOf, type Mac, parseMac } from '@berth/net';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { origin } from '../../finding/origin.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import type { Gateways } from '../gateway/gateways.ts';
import {
  keepField,
  type Placed,
  placementConfig,
  placementNow,
  type Wanted,
  wantedPlacement,
} from '../gateway/placement.ts';
import type { FloatingIpIntent, PlacementDecision } from '../intent.ts';
import type { PolicyValues } from '../object/policy-values.ts';
import type { RuleBook } from '../object/rule-book.ts';
import type { Survey } from '../object/surveyed.ts';
import { type EipUse, eipOf, familyMismatch, useEip } from './eip-use.ts';
import { type Nearest, type Obstacle, obstacleOf } from './obstacle.ts';
import { type Target, targetOf } from './target.ts';

/** A floating IP whose place is not decided yet: that takes the rules that share its EIP or its workload. */
export type FloatingIpDraft = {
  readonly fip: OvnFip;
  readonly use: EipUse;
  readonly target: Target;
  readonly pairs: FloatingIpIntent['pairs'];
  /** What it has in common with others: the VPC, the external subnet and the workload's node. */
  readonly situation: string;
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
  if (holder) findings.push(duplicateFip(fip, holder));
  const target = targetOf(fip, survey, findings);
  if (!eip || !target || holder) return undefined;
  const use = useEip(fip, eip, target.vpc, book, findings);
  // A target without an address has a finding of its own.
  if (!use || target.ips.length === 0) return undefined;
  book.floatingIps.set(eip.metadata.name, fip);
  const draft = draftOf(fip, { use, target });
  if (draft.pairs.length > 0) return draft;
  findings.push(familyMismatch(fip, use, target.field, target.ips));
  return undefined;
}

const draftOf = perObjectWith(
  (fip: OvnFip, { use, target }: Pick<FloatingIpDraft, 'use' | 'target'>): FloatingIpDraft => {
    const pairs = use.addresses.flatMap((external) => {
      const logical = target.ips.find((ip) => familyOf(ip) === familyOf(external));
      return logical ? [{ external, logical }] : [];
    });
    const situation = [target.vpc, use.subnet, target.node ?? ''].join('\0');
    return { fip, use, target, pairs, situation };
  },
);

/** How things are for the floating IPs of one situation. */
export type Situation = {
  readonly policy: PolicyValues;
  readonly config: ConfigMap | undefined;
  readonly isCutOff: boolean;
  readonly isLost: boolean;
  /** Whether the gateways serve; only of account where the workload's node may answer in their place. */
  readonly isServed: boolean;
  readonly isEligible: boolean;
  /** Whether somebody else has the router, and says where it runs. */
  readonly isGivenBack: boolean;
};

/** How things are for a floating IP, and for all others of the same situation. */
export function situationOf(
  { use: { subnet }, target: { node, vpc } }: FloatingIpDraft,
  survey: Survey,
  gateways: Gateways,
): Situation {
  const policy = gateways.valuesOf(vpc);
  const decision = gateways.decisionOf(vpc, subnet);
  return {
    policy,
    config: placementConfig(survey.lookup),
    isCutOff: gateways.isCutOff(node, subnet),
    isLost: decision?.isLost === true,
    isServed: policy.onGatewayLoss !== 'Distribute' || gateways.isServedFrom(node, vpc, subnet),
    isEligible: node !== undefined && decision?.eligible.has(node) === true,
    isGivenBack: gateways.isGivenBack(vpc),
  };
}

/** What decides, with the draft, where a floating IP runs. */
type Deciding = Nearest & Situation;

export type PlacedFloatingIp = { readonly intent: FloatingIpIntent; readonly findings: readonly Finding[] };

/** Decides where a floating IP runs. */
export function placeFloatingIp(draft: FloatingIpDraft, deciding: Deciding): PlacedFloatingIp {
  const { policy, config, isServed } = deciding;
  const { fip, use, target, pairs } = draft;
  const object = refOf(fip);
  const { port, node, field } = target;
  const keep = readKeep(fip);
  const obstacle = obstacleOf(use, target, deciding);
  // What OVN runs at the workload in spite of its neighbours is kept there as well.
  const isHeld = keep?.placement === 'distributed' && port !== undefined;
  const wanted = wantedPlacement(fip, config, policy);
  const placed = placementNow(wanted, policy, {
    canDistribute: obstacle === undefined || isHeld,
    isCutOff: deciding.isCutOff,
    isLost: deciding.isLost || (standsIn(fip, wanted, policy) && !isServed),
    isEligible: deciding.isEligible,
    node,
  });
  const isHindered = obstacle !== undefined && !isHeld && wanted.wanted === 'distributed';
  const { fallback: _, ...placement } = placed;
  const intent: FloatingIpIntent = {
    name: fip.metadata.name,
    ref: object,
    eip: refOf(use.eip),
    subnet: use.subnet,
    mac: keptMac(keep, port) ?? use.mac,
    pairs,
    target: { origin: origin(object, field), port, node },
    placement: placement satisfies PlacementDecision,
    ...(keep?.stateless && { stateless: true }),
    ...(keep && { keep: keepText(keep) }),
  };
  if (deciding.isGivenBack) return { intent, findings: [] };
  const findings = placementFindings(object, wanted, placed, target);
  return { intent, findings: isHindered ? [cannotDistribute(object, obstacle), ...findings] : findings };
}

/** Whether the workload's node answers in place of gateways that were lost. */
function standsIn({ status }: OvnFip, { wanted }: Wanted, { onGatewayLoss }: PolicyValues): boolean {
  return wanted === 'centralized' && onGatewayLoss === 'Distribute' && status?.placement === 'distributed';
}

/** The MAC that answered before, until the floating IP leads to another port. */
function keptMac(keep: Keep<'OvnFip'> | undefined, port: string | undefined): Mac | undefined {
  return keep?.mac !== undefined && keep.port === port ? parseMac(keep.mac) : undefined;
}

function cannotDistribute(object: ObjectRef, { field, reason, cure, related }: Obstacle): Finding {
  return finding('cannot-distribute', {
    object,
    field,
    message: `${reason}, so the floating IP is centralized`,
    cure: `${cure}, or set spec.type to centralized`,
    related: related ? [related] : [],
  });
}

/** What is worth knowing of a placement that is not the one that was asked for. */
function placementFindings(
  object: ObjectRef,
  { wanted, decidedBy, overridden, instead }: Wanted,
  { fallback }: Placed,
  { vpc, node = '' }: Target,
): readonly Finding[] {
  const by = decidedBy[0]?.object;
  const found: Finding[] = [];
  if (overridden && by) {
    found.push(
      finding('overridden', {
        object,
        field: 'spec.type',
        message: `spec.type ${overridden} does not count: ${formatRef(by)} overrides it with ${wanted}`,
        cure: 'remove spec.type, or spec.override of the policy',
        related: [by],
      }),
    );
  }
  if (instead) {
    const [asking] = instead.decidedBy;
    found.push(
      finding('placement-kept', {
        object,
        field: keepField,
        message: `${asking ? `${asking.field} of ${formatRef(asking.object)} asks for` : 'it is to be'} ${instead.wanted}, and it stays ${wanted} as it was found`,
        cure: `remove the annotation, which berth adopt --lift shows beforehand, or ask for ${wanted}`,
        related: asking ? [asking.object] : [],
      }),
    );
  }
  if (fallback === 'uplink-lost') {
    found.push(
      finding('uplink-lost', {
        object,
        message: `node ${node} of the workload has lost the external network, so a gateway answers until it is back`,
        cure: 'repair the link of the node to the external network, or its bridge',
        related: [{ kind: 'Node', name: node }],
      }),
    );
  }
  if (fallback === 'gateways-lost') {
    found.push(
      finding('fallback-distributed', {
        object,
        message: `no gateway of vpc/${vpc} serves, so the workload's node answers until one does`,
        cure: 'bring one of the gateway nodes back, or label another: the controller then lets it answer by itself',
        related: [{ kind: 'Vpc', name: vpc }],
      }),
    );
  }
  return found;
}

/** The finding that another floating IP has the EIP already. */
export function duplicateFip(fip: OvnFip, holder: OvnFip): Finding {
  return finding('fip-duplicate', {
    object: refOf(fip),
    field: 'spec.ovnEip',
    message: `ovn-eip/${fip.spec.ovnEip} already serves ovn-fip/${holder.metadata.name}`,
    cure: 'give this floating IP an EIP of its own',
    related: [refOf(holder), { kind: 'OvnEip', name: fip.spec.ovnEip }],
  });
}
