import {
  allowedNamespacesAnnotation,
  formatRef,
  type OvnEip,
  type OvnSnatRule,
  type Pod,
  refOf,
} from '@berth/api';
import { overlaps } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { boundNamespaces, grantOf } from './eip-grant.ts';
import { type Lookup, listOf } from './lookup.ts';
import { annotationField, networkWish } from './pod-annotation.ts';
import { podOfPort } from './port-holder.ts';
import { sourceNetwork } from './source-overlap.ts';
import { sourceVpcOf } from './source-vpc.ts';
import type { SurveyedSubnet } from './subnet.ts';

/** An SNAT rule on an EIP that is granted to some namespaces only. */
type GrantedRule = { readonly rule: OvnSnatRule; readonly eip: OvnEip; readonly granted: readonly string[] };

/**
 * Why a pod that names a subnet may have no address there; undefined where it may. Its address would be translated to an EIP that its namespace
 * is not granted. It is the pod that is refused: the rule is for those the subnet is bound to, and nobody else is to take it from them.
 */
export function sourceGrants(
  lookup: Pick<Lookup, 'IP' | 'Namespace' | 'OvnEip' | 'OvnSnatRule' | 'Pod'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): (pod: Pod, subnet: SurveyedSubnet) => Finding | undefined {
  const rules = listOf(lookup.OvnSnatRule).flatMap((rule): readonly GrantedRule[] => {
    const eip = lookup.OvnEip.get(rule.spec.ovnEip);
    const granted = eip && grantOf(eip);
    return eip && granted ? [{ rule, eip, granted }] : [];
  });
  return (pod, surveyed) => {
    const { subnet } = surveyed;
    const { namespace = 'default' } = pod.metadata;
    const key = networkWish(pod);
    if (rules.length === 0 || key === undefined || subnet.spec.default === true) return undefined;
    const bound = boundNamespaces(subnet, lookup);
    // Who comes without naming it is an obstacle to the rule, as is a subnet that is bound to nobody: see `notGranted`.
    if (bound.length === 0 || bound.includes(namespace)) return undefined;
    const found = rules.find(
      ({ rule, granted }) =>
        !granted.includes(namespace) &&
        bound.every((each) => granted.includes(each)) &&
        translates(rule, surveyed, lookup, subnets),
    );
    return found && notForPod(pod, key, surveyed, found);
  };
}

/** Whether a rule translates what comes from a subnet, or from a part of it. Addresses given come before a whole subnet. */
function translates(
  { spec }: OvnSnatRule,
  { subnet, networks, vpc }: SurveyedSubnet,
  lookup: Pick<Lookup, 'IP' | 'Pod'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): boolean {
  const cidrs = [spec.v4IpCidr, spec.v6IpCidr].filter((text) => text);
  if (cidrs.length === 0) return spec.vpcSubnet === subnet.metadata.name;
  const inside = sourceVpcOf(spec, lookup, subnets);
  // A pod that has no address yet has one soon.
  const isToCome = !spec.vpcSubnet && !!spec.ipName && podOfPort(spec.ipName, lookup) !== undefined;
  return (
    (inside === vpc || (inside === undefined && isToCome)) &&
    cidrs.some((text) => {
      const cidr = sourceNetwork(text ?? '');
      return cidr !== undefined && networks.some((network) => overlaps(network.cidr, cidr));
    })
  );
}

function notForPod(
  pod: Pod,
  key: string,
  { subnet }: SurveyedSubnet,
  { rule, eip, granted }: GrantedRule,
): Finding {
  const { namespace = 'default' } = pod.metadata;
  const [source, name] = [formatRef(refOf(subnet)), formatRef(refOf(eip))];
  const to = granted.length === 0 ? 'no namespace' : list(granted);
  return finding('eip-not-granted', {
    object: refOf(pod),
    field: annotationField(key),
    message: `${source} goes out by ${name} (${formatRef(refOf(rule))}), which is granted to ${to}, and the pod is in namespace ${namespace}`,
    cure: `name another subnet, or add ${namespace} to the annotation ${allowedNamespacesAnnotation} of ${name}`,
    related: [refOf(subnet), refOf(rule), refOf(eip)],
  });
}
