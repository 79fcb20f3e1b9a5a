import { LabFault } from '../fault.ts';
import { nearest } from './nearest.ts';

const labName = /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/;
const nodeName = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const wireName = /^[a-z][a-z0-9]{0,7}$/;

/** Names that mean something else where a node may be named. */
const reserved = ['central', 'outside'];

/** Most nodes of one lab: their addresses and ports are numbered. */
const maxNodes = 32;

/** Refuses names and numbers a lab cannot have. */
export function checkNames(name: string, nodes: readonly string[], wires: readonly string[]): void {
  checkLabName(name);
  if (nodes.length === 0) throw usage('a lab needs a node', 'name at least one node');
  if (nodes.length > maxNodes) throw usage(`${nodes.length} nodes are too many`, `name at most ${maxNodes}`);
  for (const node of nodes) {
    if (!nodeName.test(node)) {
      throw usage(
        `"${node}" cannot name a node`,
        'use lower-case letters, digits, hyphens and dots, at most 63',
      );
    }
    if (reserved.includes(node) || node.startsWith('pod.')) {
      throw usage(
        `a node cannot be named "${node}", which names something else in a lab`,
        'choose another name',
      );
    }
  }
  for (const wire of wires) {
    if (!wireName.test(wire) || ['mgmt', 'under', 'lo'].includes(wire)) {
      throw usage(
        `"${wire}" cannot name a wire`,
        'use a letter and up to seven letters and digits, as in ext0',
      );
    }
  }
  for (const names of [nodes, wires]) {
    const twice = names.find((one, place) => names.indexOf(one) !== place);
    if (twice !== undefined) throw usage(`"${twice}" is named twice`, 'name it once');
  }
}

export function checkLabName(name: string): void {
  if (labName.test(name)) return;
  throw usage(`"${name}" cannot name a lab`, 'use lower-case letters, digits and hyphens, at most 30');
}

const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Refuses what Kubernetes would refuse, so that a pod's network namespace has one name. */
export function checkPodName(namespace: string, name: string): void {
  if (namespaceName.test(namespace) && nodeName.test(name)) return;
  throw usage(`"${namespace}/${name}" cannot name a pod`, 'use the names Kubernetes allows');
}

/** A fault for a name that nothing has, with the nearest that something has. */
export function unknown(what: string, given: string, known: readonly string[]): LabFault {
  const near = nearest(given, known);
  const list = known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
  return usage(`there is no ${what} "${given}"`, near === undefined ? list : `did you mean ${near}? ${list}`);
}

export function usage(message: string, cure: string): LabFault {
  return new LabFault('lab-usage', message, cure);
}
