import {
  defaultVpc,
  formatRef,
  logicalRouterAnnotation,
  logicalSwitchAnnotation,
  type Node,
  type Pod,
  refOf,
} from '@berth/api';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Lookup } from './lookup.ts';
import { machineOf } from './machine.ts';
import { annotationField, isOnFirst, malformedAddresses, waitingWish } from './pod-annotation.ts';
import { isAddressOf, isWithin } from './pod-life.ts';
import { portHolders, portName } from './port-holder.ts';
import { storedIps } from './stored-ips.ts';
import { notFound, type SurveyedSubnet } from './subnet.ts';
import type { SurveyedPod } from './surveyed.ts';

/** The node of the port that a pod has already, by the name of the port. */
export type NodeBefore = (port: string) => string | undefined;

/** Why a pod that has no address on a subnet gets none there; undefined where it does. */
export type Unwelcome = (pod: Pod, subnet: SurveyedSubnet) => Finding | undefined;

/** The pods that can be given a port, in name order, and why the others cannot. Pods on their node's network get none. */
export function surveyPods(
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  nodeBefore: NodeBefore,
  unwelcome: Unwelcome,
): { readonly pods: readonly SurveyedPod[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const load = new Map<string, number>();
  const pods: SurveyedPod[] = [];
  // Pods that are bound to a node count before those that are spread.
  const attached = [...lookup.Pod.values()]
    .filter(({ spec }) => spec.hostNetwork !== true)
    .map((pod) => ({ pod, given: givenNode(pod, lookup, nodeBefore) }));
  const inOrder = attached.sort(
    (left, right) => Number(isFree(left.pod, left.given)) - Number(isFree(right.pod, right.given)),
  );
  for (const { pod, given } of inOrder) {
    const malformed = malformedAddresses(pod);
    findings.push(...malformed);
    if (malformed.some(isOnFirst) && !hasAddress(pod, lookup)) continue;
    const subnet = presentSubnet(pod, lookup, subnets, findings);
    const refused = subnet && turnedAway(pod, subnet, lookup, unwelcome);
    if (refused) {
      findings.push(refused);
      continue;
    }
    const node = subnet && nodeOf(pod, given, lookup, load, findings);
    if (!subnet || node === undefined) continue;
    load.set(node, (load.get(node) ?? 0) + 1);
    pods.push({ pod, name: portName(pod), subnet, node });
  }
  return { pods: pods.sort((left, right) => (left.name < right.name ? -1 : 1)), findings };
}

/**
 * The subnet of a pod: that of the addresses it was given, which a pod does not leave while it lives, else the one that it asks for.
 */
function presentSubnet(
  pod: Pod,
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const ip = lookup.IP.get(portName(pod));
  const given = ip && isAddressOf(pod, ip) ? lookup.Subnet.get(ip.spec.subnet ?? '') : undefined;
  const present = given && subnets.get(given.metadata.name);
  const isLost = !ip || !given || (present && (present.external || !isWithin(ip, present)));
  if (isLost) return subnetOf(pod, lookup, subnets, findings);
  const key = [logicalSwitchAnnotation, logicalRouterAnnotation].find(
    (each) => pod.metadata.annotations[each],
  );
  // What it does not ask for itself, its namespace asks of those to come.
  if (key === undefined) return present;
  const found: Finding[] = [];
  const asked = subnetOf(pod, lookup, subnets, found);
  // What names no subnet for pods is wrong for the next one only: this one has its own.
  const ofNext = found.filter(({ code }) => code !== 'no-subnet');
  findings.push(...ofNext);
  if (ofNext.length < found.length || (asked && asked !== present))
    findings.push(waitingWish(pod, key, formatRef(refOf(given))));
  return present;
}

/** Why a pod gets no address on a subnet. One that has it there already keeps it. */
export function turnedAway(
  pod: Pod,
  subnet: SurveyedSubnet,
  lookup: Pick<Lookup, 'IP'>,
  unwelcome: Unwelcome,
): Finding | undefined {
  return isThere(pod, subnet, lookup) ? undefined : unwelcome(pod, subnet);
}

/** Whether a pod, or the one before it of its name, has an address on a subnet. */
function isThere(pod: Pod, { subnet }: SurveyedSubnet, lookup: Pick<Lookup, 'IP'>): boolean {
  return lookup.IP.get(portName(pod))?.spec.subnet === subnet.metadata.name && hasAddress(pod, lookup);
}

/** Whether a pod has an address already, which it keeps whatever it asks for. */
function hasAddress(pod: Pod, { IP }: Pick<Lookup, 'IP'>): boolean {
  const ip = IP.get(portName(pod));
  return ip !== undefined && storedIps(ip).length > 0;
}

/** The pod whose port and IP object have this name; undefined if there is none. */
export function podOfPort(name: string, lookup: Pick<Lookup, 'Pod'>): Pod | undefined {
  const dot = name.lastIndexOf('.');
  const pod = lookup.Pod.get(`${name.slice(dot + 1)}/${name.slice(0, dot)}`);
  return pod && machineOf(pod) === undefined ? pod : machinesOf(lookup).get(name);
}

/** The pods of virtual machines by the name of the port they have, found out once for a listing. */
function machinesOf({ Pod: pods }: Pick<Lookup, 'Pod'>): ReadonlyMap<string, Pod> {
  const known = machines.get(pods);
  if (known) return known;
  const ofMachines = [...pods.values()].filter((pod) => machineOf(pod) !== undefined);
  const found = new Map(portHolders(ofMachines).map((pod) => [portName(pod), pod]));
  machines.set(pods, found);
  return found;
}

const machines = new WeakMap<Lookup['Pod'], ReadonlyMap<string, Pod>>();

function isFree({ spec }: Pod, given: string | undefined): boolean {
  return spec.nodeName === undefined && given === undefined;
}

/** The node a spread pod was given before: the stored one, or that of its port where none is stored. */
function givenNode(pod: Pod, lookup: Lookup, nodeBefore: NodeBefore): string | undefined {
  if (pod.spec.nodeName !== undefined) return undefined;
  const name = portName(pod);
  return lookup.IP.get(name)?.spec.nodeName || nodeBefore(name);
}

/**
 * The subnet of a pod: its annotation, its namespace's, the one bound to the namespace, the default one. A pod that names a VPC gets one of that VPC,
 * also the only one there is, unless it names the subnet itself.
 */
export function subnetOf(
  pod: Pod,
  lookup: Pick<Lookup, 'Namespace' | 'Subnet' | 'Vpc'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const namespace = pod.metadata.namespace ?? 'default';
  const asked = pod.metadata.annotations[logicalRouterAnnotation] || undefined;
  const isOfAsked = ({ vpc, external }: SurveyedSubnet): boolean =>
    !external && (asked === undefined || vpc === asked);
  const own = pod.metadata.annotations[logicalSwitchAnnotation];
  const named =
    own ??
    usualSubnet(namespace, lookup, (name) => {
      const usual = subnets.get(name);
      return !usual || usual.external !== undefined || isOfAsked(usual);
    });
  const namer = own === undefined ? { kind: 'Namespace', name: namespace } : refOf(pod);
  if (named !== undefined) return subnetNamed({ name: named, namer }, pod, lookup, subnets, findings);
  const overlay = [...subnets.values()].filter(isOfAsked);
  const bound =
    overlay.find(({ subnet }) => subnet.spec.namespaces?.includes(namespace)) ??
    overlay.find(({ subnet }) => subnet.spec.default === true) ??
    (asked !== undefined && overlay.length === 1 ? overlay[0] : undefined);
  if (!bound && asked !== undefined) findings.push(noneOf(pod, asked, overlay.length, lookup));
  else if (!bound) {
    findings.push(
      finding('no-subnet', {
        object: refOf(pod),
        message: `pod ${pod.metadata.name} names no subnet, none is bound to namespace ${namespace}, and there is no default one`,
        cure: `annotate the pod with ${logicalSwitchAnnotation}`,
      }),
    );
  }
  return bound;
}

/** The subnet that a namespace names for its pods, if it may be that one. */
function usualSubnet(
  namespace: string,
  { Namespace }: Pick<Lookup, 'Namespace'>,
  mayBe: (name: string) => boolean,
): string | undefined {
  const name = Namespace.get(namespace)?.metadata.annotations[logicalSwitchAnnotation];
  return name !== undefined && mayBe(name) ? name : undefined;
}

/** A subnet by name, and whose annotation names it: the pod's, or its namespace's. */
type Naming = { readonly name: string; readonly namer: ObjectRef };

const switchField = annotationField(logicalSwitchAnnotation);

/** The subnet that an annotation names. */
function subnetNamed(
  naming: Naming,
  pod: Pod,
  lookup: Pick<Lookup, 'Subnet'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const { name } = naming;
  const subnet = subnets.get(name);
  if (!subnet && !lookup.Subnet.has(name)) findings.push(noSuchSubnet(pod, naming));
  if (subnet?.external) {
    findings.push(onExternal(pod, naming));
    return undefined;
  }
  const asked = pod.metadata.annotations[logicalRouterAnnotation];
  if (subnet && asked && subnet.vpc !== asked) findings.push(ofOtherVpc(pod, asked, subnet));
  return subnet;
}

function noSuchSubnet(pod: Pod, { name, namer }: Naming): Finding {
  const missing = notFound(refOf(pod), switchField, `subnet/${name}`);
  if (namer.kind === 'Pod') return missing;
  const { field: _ofPod, ...rest } = missing;
  const by = formatRef(namer);
  return {
    ...rest,
    message: `subnet/${name}, which ${by} names for its pods, does not exist`,
    cure: `create subnet/${name}, or correct ${switchField} of ${by}`,
    related: [namer],
  };
}

function ofOtherVpc(pod: Pod, asked: string, { subnet, vpc }: SurveyedSubnet): Finding {
  const named = formatRef(refOf(subnet));
  return finding('vpc-mismatch', {
    severity: 'warning',
    object: refOf(pod),
    field: `metadata.annotations['${logicalRouterAnnotation}']`,
    message: `the annotation ${logicalRouterAnnotation} names vpc/${asked}, and ${named}, which counts, is of vpc/${vpc ?? defaultVpc}`,
    cure: 'correct it, name a subnet of that VPC, or leave it out',
    related: [refOf(subnet)],
  });
}

function noneOf(pod: Pod, asked: string, count: number, { Vpc }: Pick<Lookup, 'Vpc'>): Finding {
  const field = `metadata.annotations['${logicalRouterAnnotation}']`;
  if (!Vpc.has(asked)) return notFound(refOf(pod), field, `vpc/${asked}`);
  const namespace = pod.metadata.namespace ?? 'default';
  const which =
    count === 0
      ? 'which has no subnet'
      : `of whose ${count} subnets none is bound to namespace ${namespace} or the default one`;
  return finding('no-subnet', {
    object: refOf(pod),
    field,
    message: `pod ${pod.metadata.name} is to be in vpc/${asked}, ${which}`,
    cure: `annotate the pod with ${logicalSwitchAnnotation}`,
  });
}

function onExternal(pod: Pod, { name, namer }: Naming): Finding {
  const isOwn = namer.kind === 'Pod';
  const by = isOwn ? '' : `, which ${formatRef(namer)} names for its pods,`;
  return finding('no-subnet', {
    object: refOf(pod),
    ...(isOwn && { field: switchField }),
    message: `subnet/${name}${by} is an external subnet, which has no ports for pods`,
    cure: isOwn
      ? 'name a subnet of a VPC'
      : `name a subnet of a VPC in ${switchField} of ${formatRef(namer)}`,
    related: [{ kind: 'Subnet', name }, ...(isOwn ? [] : [namer])],
  });
}

/** The node of a pod: where it is bound, where it is already, else the least loaded node that its selector allows. */
function nodeOf(
  pod: Pod,
  given: string | undefined,
  lookup: Lookup,
  load: ReadonlyMap<string, number>,
  findings: Finding[],
): string | undefined {
  const bound = pod.spec.nodeName;
  if (bound !== undefined) {
    if (lookup.Node.has(bound)) return bound;
    const cure = `create node/${bound}, or delete the pod and make it anew: the node of a pod cannot be changed`;
    findings.push({ ...notFound(refOf(pod), 'spec.nodeName', `node/${bound}`), cure });
    return undefined;
  }
  const fitting = [...lookup.Node.values()].filter((node) => fits(pod, node));
  if (fitting.some(({ metadata }) => metadata.name === given)) return given;
  const [least] = fitting
    .filter(({ spec }) => spec.unschedulable !== true)
    .sort((left, right) => (load.get(left.metadata.name) ?? 0) - (load.get(right.metadata.name) ?? 0));
  if (least) return least.metadata.name;
  findings.push(unplaceable(pod, lookup));
  return undefined;
}

function fits(pod: Pod, node: Node): boolean {
  return Object.entries(pod.spec.nodeSelector ?? {}).every(
    ([key, value]) => node.metadata.labels[key] === value,
  );
}

function unplaceable(pod: Pod, lookup: Lookup): Finding {
  const selector = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  return finding('pod-unplaceable', {
    object: refOf(pod),
    ...(selector.length > 0 && { field: 'spec.nodeSelector' }),
    message: lookup.Node.size === 0 ? 'there are no nodes' : `no schedulable node has ${selector.join(', ')}`,
    cure: lookup.Node.size === 0 ? 'add Node objects' : 'label a node, or change the selector',
  });
}
