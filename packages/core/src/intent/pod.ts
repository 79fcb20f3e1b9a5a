import { logicalSwitchAnnotation, type Node, type Pod, refOf } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Lookup } from './lookup.ts';
import { machineOf } from './machine.ts';
import { isOnFirst, malformedAddresses } from './pod-annotation.ts';
import { portHolders, portName } from './port-holder.ts';
import { storedIps } from './stored-ips.ts';
import { notFound, type SurveyedSubnet } from './subnet.ts';
import type { SurveyedPod } from './surveyed.ts';

/** The node of the port that a pod has already, by the name of the port. */
export type NodeBefore = (port: string) => string | undefined;

/** The pods that can be given a port, in name order, and why the others cannot. Pods on their node's network get none. */
export function surveyPods(
  lookup: Lookup,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  nodeBefore: NodeBefore,
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
    const subnet = subnetOf(pod, lookup, subnets, findings);
    const node = subnet && nodeOf(pod, given, lookup, load, findings);
    if (!subnet || node === undefined) continue;
    load.set(node, (load.get(node) ?? 0) + 1);
    pods.push({ pod, name: portName(pod), subnet, node });
  }
  return { pods: pods.sort((left, right) => (left.name < right.name ? -1 : 1)), findings };
}

/** Whether a pod has an address already, which it keeps whatever it asks for. */
function hasAddress(pod: Pod, { IP }: Lookup): boolean {
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

/** The subnet of a pod: its annotation, its namespace's, the one bound to the namespace, the default one. */
export function subnetOf(
  pod: Pod,
  lookup: Pick<Lookup, 'Namespace' | 'Subnet'>,
  subnets: ReadonlyMap<string, SurveyedSubnet>,
  findings: Finding[],
): SurveyedSubnet | undefined {
  const namespace = pod.metadata.namespace ?? 'default';
  const named =
    pod.metadata.annotations[logicalSwitchAnnotation] ??
    lookup.Namespace.get(namespace)?.metadata.annotations[logicalSwitchAnnotation];
  if (named !== undefined) {
    const subnet = subnets.get(named);
    const field = `metadata.annotations['${logicalSwitchAnnotation}']`;
    if (subnet?.external) findings.push(onExternal(pod, field, subnet));
    else if (!lookup.Subnet.has(named)) findings.push(notFound(refOf(pod), field, `subnet/${named}`));
    return subnet?.external ? undefined : subnet;
  }
  const overlay = [...subnets.values()].filter(({ external }) => !external);
  const bound =
    overlay.find(({ subnet }) => subnet.spec.namespaces?.includes(namespace)) ??
    overlay.find(({ subnet }) => subnet.spec.default === true);
  if (!bound) {
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

function onExternal(pod: Pod, field: string, { subnet }: SurveyedSubnet): Finding {
  return finding('no-subnet', {
    object: refOf(pod),
    field,
    message: `subnet/${subnet.metadata.name} is an external subnet, which has no ports for pods`,
    cure: 'name a subnet of a VPC',
    related: [refOf(subnet)],
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
    findings.push(notFound(refOf(pod), 'spec.nodeName', `node/${bound}`));
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
