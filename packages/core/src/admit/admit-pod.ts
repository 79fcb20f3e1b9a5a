import {
  type Affinity,
  emptyResourceSet,
  formatRef,
  type GatewayPolicy,
  type Node,
  type Pod,
  type ResourceSet,
  refOf,
  type Scheduling,
} from '@berth/api';
import { emptyFabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { misfits } from '../intent/address/pool.ts';
import { gatewaySceneOf } from '../intent/gateway/gateway-node.ts';
import { grantOf } from '../intent/object/eip-grant.ts';
import { gatewayConfigOf } from '../intent/object/gateway-config.ts';
import { policiesOf } from '../intent/object/gateway-policy.ts';
import { type Lookup, lookupOf } from '../intent/object/lookup.ts';
import { malformedAddresses } from '../intent/object/pod-annotation.ts';
import { portName } from '../intent/object/port-holder.ts';
import { noPreference } from '../intent/object/preference.ts';
import { type SurveyedSubnet, surveySubnets } from '../intent/object/subnet.ts';
import { unwelcomeOf } from '../intent/pod/pod-guest.ts';
import { podRequests, standingRequests } from '../intent/pod/pod-requests.ts';
import { subnetOf } from '../intent/pod/pod-subnet.ts';
import { preferring, requiring } from './node-affinity.ts';
import { fitsNode, gatewayTerms } from './node-term.ts';

/** What becomes of a pod that is to be made: the affinity it gets in place of its own, or why it is refused. */
export type PodVerdict =
  | { readonly kind: 'as-it-is' }
  | { readonly kind: 'placed'; readonly affinity: Affinity; readonly policy: string }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

const asItIs: PodVerdict = { kind: 'as-it-is' };

/**
 * Judges a new pod: by the addresses it asks for, which must be addresses, by whether its subnet takes it, and by `spec.workloads` of the
 * policy of its VPC. Every pod of the VPC is meant: most floating IPs come after their pods, and a pod does not move. Pods on their node's
 * network stay as they are; for those of a DaemonSet, or of a node itself, no policy counts.
 */
export function podVerdict(
  pod: Pod,
  scheduling: Scheduling,
  resources: Pick<ResourceSet, PodInputs>,
): PodVerdict {
  if (pod.spec.hostNetwork === true) return asItIs;
  const malformed = malformedAddresses(pod);
  if (malformed.length > 0) return { kind: 'refused', findings: malformed };
  const lookup = lookupAround(pod, resources);
  const { subnets } = surveySubnets(lookup);
  const subnet = subnetOf(pod, lookup, subnets, []);
  const addressless = subnet ? withoutAddress(pod, subnet, lookup, subnets) : [];
  if (addressless.length > 0) return { kind: 'refused', findings: addressless };
  const vpc = isOfNode(pod) ? undefined : subnet?.vpc;
  const policy = vpc === undefined ? undefined : policiesOf(lookup).policies.get(vpc);
  const wish = policy?.spec.workloads ?? 'Anywhere';
  if (!policy || wish === 'Anywhere') return asItIs;
  const { config } = gatewayConfigOf(lookup);
  const gateways = gatewaySceneOf(lookup, emptyFabric, config)
    .chosen(policy, '')
    .map(({ node }) => node);
  const problem = wish === 'RequireGateways' ? impossible(pod, scheduling, policy, gateways) : undefined;
  if (problem) return { kind: 'refused', findings: [problem] };
  const terms = gatewayTerms(policy, config);
  if (terms.length === 0 || scheduling.nodeName) return asItIs;
  const change = wish === 'RequireGateways' ? requiring : preferring;
  const affinity = change(scheduling.affinity, terms);
  if (!affinity || affinity === scheduling.affinity) return asItIs;
  return { kind: 'placed', affinity, policy: policy.metadata.name };
}

/**
 * Why a pod gets no address on its subnet, or not the one that it asks for, whoever else is there. One that comes back to an IP of its own
 * has it still, whatever it asks for, as it has for the controller.
 */
function withoutAddress(
  pod: Pod,
  subnet: SurveyedSubnet,
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
): readonly Finding[] {
  const refused = unwelcomeOf(lookup, subnets)(pod, subnet);
  if (refused) return [refused];
  if (podRequests(pod).ips.length === 0) return [];
  const ip = lookup.IP.get(portName(pod));
  return misfits(
    { object: refOf(pod), requested: standingRequests(pod, { ip, subnet }, noPreference) },
    subnet,
  );
}

/** What there is of what decides about a pod; of IPs its own, and of EIPs those that are not for everybody: there may be very many. */
function lookupAround(pod: Pod, resources: Pick<ResourceSet, PodInputs>): Lookup {
  const { ConfigMap, GatewayPolicy, Namespace, Node, OvnSnatRule, ProviderNetwork, Subnet, Vlan, Vpc } =
    resources;
  const name = portName(pod);
  const known = {
    ConfigMap,
    GatewayPolicy,
    Namespace,
    Node,
    OvnSnatRule,
    ProviderNetwork,
    Subnet,
    Vlan,
    Vpc,
  };
  const IP = resources.IP.filter(({ metadata }) => metadata.name === name);
  const OvnEip = resources.OvnEip.filter((eip) => grantOf(eip) !== undefined);
  return lookupOf({ ...emptyResourceSet(), ...known, IP, OvnEip });
}

type PodInputs =
  | 'ConfigMap'
  | 'GatewayPolicy'
  | 'IP'
  | 'Namespace'
  | 'Node'
  | 'OvnEip'
  | 'OvnSnatRule'
  | 'ProviderNetwork'
  | 'Subnet'
  | 'Vlan'
  | 'Vpc';

/** Annotation of the pods that a kubelet makes by itself. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

function isOfNode({ metadata }: Pod): boolean {
  return (
    metadata.annotations[mirrorAnnotation] !== undefined ||
    metadata.ownerReferences.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node')
  );
}

/** Why no gateway will ever do for a pod. While there is no gateway at all it waits for one, as for any node. */
function impossible(
  pod: Pod,
  scheduling: Scheduling,
  policy: GatewayPolicy,
  gateways: readonly Node[],
): Finding | undefined {
  if (gateways.length === 0 || gateways.some((node) => fitsNode(scheduling, node))) return undefined;
  const names = gateways.map(({ metadata }) => metadata.name);
  const { field, asks } = wishOf(scheduling, gateways);
  return finding('pod-unplaceable', {
    object: refOf(pod),
    field,
    message: `the pod ${asks}, and ${formatRef(refOf(policy))} requires a gateway node for it, one of ${names.join(', ')}`,
    cure: `remove ${field}, make such a node a gateway, or set spec.workloads of the policy to PreferGateways`,
    related: [refOf(policy)],
  });
}

/** What of a pod's wishes rules out every gateway. */
function wishOf(
  { nodeName, nodeSelector = {}, affinity }: Scheduling,
  gateways: readonly Node[],
): { readonly field: string; readonly asks: string } {
  if (nodeName) return { field: 'spec.nodeName', asks: `asks for node ${nodeName}` };
  if (!gateways.some((node) => fitsNode({ nodeSelector }, node))) {
    const labels = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
    return { field: 'spec.nodeSelector', asks: `asks for nodes with ${labels.join(', ')}` };
  }
  const ofAffinity = !gateways.some((node) => fitsNode({ ...(affinity && { affinity }) }, node));
  const asks = ofAffinity
    ? 'has an affinity to other nodes'
    : 'has a selector and an affinity that no gateway fits';
  return { field: 'spec.affinity.nodeAffinity', asks };
}
