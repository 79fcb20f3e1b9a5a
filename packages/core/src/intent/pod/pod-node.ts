import { type Node, type Pod, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Lookup } from '../object/lookup.ts';
import { portName } from '../object/port-holder.ts';
import { notFound } from '../object/subnet.ts';

/** The node of the port that a pod has already, by the name of the port. */
export type NodeBefore = (port: string) => string | undefined;

/** Whether a pod may go to any node. */
export function isFree({ spec }: Pod, given: string | undefined): boolean {
  return spec.nodeName === undefined && given === undefined;
}

/** The node a spread pod was given before: the stored one, or that of its port where none is stored. */
export function givenNode(pod: Pod, lookup: Lookup, nodeBefore: NodeBefore): string | undefined {
  if (pod.spec.nodeName !== undefined) return undefined;
  const name = portName(pod);
  return lookup.IP.get(name)?.spec.nodeName || nodeBefore(name);
}

/** The node of a pod: where it is bound, where it is already, else the least loaded node that its selector allows. */
export function nodeOf(
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
