import {
  allowedNamespacesAnnotation,
  formatRef,
  isRuleKind,
  type OvnEip,
  type OvnSnatRule,
  type Pod,
  type Resource,
  type ResourceSet,
  refOf,
  resourceSetOf,
  type Subnet,
} from '@berth/api';
import { emptyFabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { list, shortened } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { intentOf } from '../intent/intent-of.ts';
import { grantOf } from '../intent/object/eip-grant.ts';
import { lookupOf } from '../intent/object/lookup.ts';
import { annotationField, networkWish } from '../intent/object/pod-annotation.ts';
import { hasAddress } from '../intent/pod/pod-life.ts';
import type { Settings } from '../intent/settings.ts';
import type { AdmissionQuestion } from './admit-object.ts';
import { nearby } from './nearby.ts';

/** How many rules are named: an API server may cut a warning off after 256 characters. */
const named = 3;

/**
 * That rules, or pods that name the subnet of one, lose an EIP by a change of its grant, or of whom a subnet is for, which works at once. It is for the owner of the object to do, so
 * nothing keeps him from it; it is told to him, as rules may be of others.
 */
export function grantLosses(question: AdmissionQuestion, settings: Settings): readonly Finding[] {
  const { operation, object, before, resources } = question;
  if (operation === 'DELETE') return [];
  if (object.kind === 'OvnEip') {
    if (before?.kind !== 'OvnEip' || !isOtherGrant(object, before)) return [];
    const near = nearby(object, resources);
    const waiting = near.some(({ kind }) => kind === 'OvnSnatRule') ? waitingGuests(resources) : [];
    const losers = losersOf([...new Set([...near, ...waiting])], question, settings);
    return losers.length === 0 ? [] : [ofEip(object, losers)];
  }
  if (object.kind !== 'Subnet' || object.spec.vlan || !isForOthers(object, before)) return [];
  const losers = losersOf(aroundSubnet(object, resources), question, settings);
  return losers.length === 0 ? [] : [ofSubnet(object, losers)];
}

/** The pods that name a network themselves and have no address yet: whoever has one is near by it. */
function waitingGuests(resources: ResourceSet): readonly Pod[] {
  const lookup = lookupOf(resources);
  return resources.Pod.filter((pod) => networkWish(pod) !== undefined && !hasAddress(pod, lookup));
}

function isOtherGrant(eip: OvnEip, before: OvnEip): boolean {
  const granted = grantOf(eip);
  return granted !== undefined && granted.join() !== grantOf(before)?.join();
}

/** Whether a subnet is for others than before, or is another network to a rule that says which addresses it is for. */
function isForOthers({ spec }: Subnet, before: Resource | undefined): boolean {
  const text = ({ namespaces, default: isDefault, cidrBlock, vpc }: Subnet['spec']): string =>
    JSON.stringify([namespaces ?? [], isDefault ?? false, cidrBlock, vpc ?? '']);
  return before?.kind !== 'Subnet' || text(spec) !== text(before.spec);
}

/** What decides about the SNAT rules that a subnet may have to do with and whose EIPs are granted to some only. */
function aroundSubnet(subnet: Subnet, resources: ResourceSet): readonly Resource[] {
  const granted = new Set(
    resources.OvnEip.filter((each) => grantOf(each) !== undefined).map(({ metadata }) => metadata.name),
  );
  const mayMeet = ({ vpcSubnet, v4IpCidr, v6IpCidr }: OvnSnatRule['spec']): boolean =>
    vpcSubnet === subnet.metadata.name || Boolean(v4IpCidr || v6IpCidr);
  const rule = resources.OvnSnatRule.find(({ spec }) => granted.has(spec.ovnEip) && mayMeet(spec));
  // Near one SNAT rule are all others.
  return rule
    ? [rule, ...nearby(rule, resources)].filter(
        ({ kind, metadata }) => kind !== 'Subnet' || metadata.name !== subnet.metadata.name,
      )
    : [];
}

/** The names of the rules and pods near an object that may use an EIP as it was, and may not as it is to be. */
function losersOf(
  near: readonly Resource[],
  { object, before }: AdmissionQuestion,
  settings: Settings,
): readonly string[] {
  if (near.length === 0) return [];
  const refused = (among: readonly Resource[]): readonly string[] => {
    const { findings } = intentOf(resourceSetOf(among), emptyFabric, settings);
    return findings
      .filter((each) => each.code === 'eip-not-granted' && isLoser(each.object?.kind ?? ''))
      .map((each) => (each.object ? formatRef(each.object) : ''));
  };
  const known = new Set(refused([...near, ...(before ? [before] : [])]));
  return [...new Set(refused([...near, object]))].filter((name) => !known.has(name));
}

function isLoser(kind: string): boolean {
  return isRuleKind(kind) || kind === 'Pod';
}

function ofEip(eip: OvnEip, losers: readonly string[]): Finding {
  return finding('eip-not-granted', {
    severity: 'warning',
    object: refOf(eip),
    field: annotationField(allowedNamespacesAnnotation),
    message: `${losing(losers)} it at once: their namespaces are not granted it any more`,
    cure: 'add these namespaces where that is not meant',
  });
}

function ofSubnet(subnet: Subnet, losers: readonly string[]): Finding {
  const their = losers.length === 1 ? 'its EIP' : 'their EIPs';
  return finding('eip-not-granted', {
    severity: 'warning',
    object: refOf(subnet),
    field: 'spec.namespaces',
    message: `${losing(losers)} ${their} at once, not granted to all whom the subnet is for then`,
    cure: 'grant the EIP to them first, or bind the subnet to others, where that is not meant',
  });
}

function losing(losers: readonly string[]): string {
  return `${list(shortened(losers, named))} ${losers.length === 1 ? 'loses' : 'lose'}`;
}
