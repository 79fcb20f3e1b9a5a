import {
  allowAddressInUseAnnotation,
  allowDnatStopAnnotation,
  allowedNamespacesAnnotation,
  type OvnEip,
  type Pod,
  portSecurityAnnotation,
  type Resource,
  refOf,
  type Subnet,
  type Vpc,
} from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { type Asker, gathering } from '../memo/per-item.ts';
import { perObject } from '../memo/per-object.ts';
import { type Lookup, listOf } from './object/lookup.ts';
import { annotationField, unansweredWishes } from './object/pod-annotation.ts';
import { portName } from './object/port-holder.ts';
import { nodeNotes } from './pod/node-annotation.ts';
import { podNetworkOf } from './pod/pod-network.ts';
import { asksForRoutes, unusableRoutes } from './pod/pod-routes.ts';
import { waitingAddresses } from './pod/waiting-addresses.ts';

/**
 * Annotations and labels that say nothing which can be used, and those that ask for what is not done. What keeps a pod from its
 * address is found where pods are, what an object cannot keep by `unreadableKeeps`.
 */
export function annotationFindings(asker: Asker, lookup: Lookup): readonly Finding[] {
  return [
    ...ofEips(asker, listOf(lookup.OvnEip)),
    ...[...lookup.Subnet.values()].flatMap(ofSubnet),
    ...[...lookup.Vpc.values()].flatMap(ofVpc),
    ...[...lookup.Pod.values()].flatMap((pod) => [
      ...ofPod(pod),
      ...waitingAddresses(pod, { ip: lookup.IP.get(portName(pod)) }),
      ...routesOf(pod, lookup),
    ]),
    ...nodeNotes(lookup),
  ];
}

const ofEips = gathering((eip: OvnEip): readonly Finding[] => [
  ...ofSwitch(eip, allowAddressInUseAnnotation),
  ...badNamespaces(eip),
]);
const ofSubnet = perObject((subnet: Subnet): readonly Finding[] =>
  ofSwitch(subnet, allowAddressInUseAnnotation),
);
const ofPod = perObject((pod: Pod): readonly Finding[] => [
  ...unansweredWishes(pod),
  ...ofSwitch(pod, portSecurityAnnotation),
]);

/** The routes of a pod on the network that its address is of. */
function routesOf(pod: Pod, { IP, Subnet }: Lookup): readonly Finding[] {
  if (!asksForRoutes(pod)) return [];
  const ip = IP.get(portName(pod));
  const subnet = Subnet.get(ip?.spec.subnet ?? '');
  return unusableRoutes(pod, { network: ip && subnet && podNetworkOf(ip, subnet) });
}

const ofVpc = perObject((vpc: Vpc): readonly Finding[] => ofSwitch(vpc, allowDnatStopAnnotation));

/** An annotation that is "true" or nothing. */
function ofSwitch(object: Resource, key: string): readonly Finding[] {
  const text = object.metadata.annotations[key];
  if (text === undefined || ['true', 'false', ''].includes(text)) return [];
  return [
    finding('annotation-invalid', {
      severity: 'warning',
      object: refOf(object),
      field: annotationField(key),
      message: `the annotation ${key} is "${text}", which counts as "false"`,
      cure: 'write "true" or "false"',
    }),
  ];
}

/** A name of a namespace (RFC 1123, label). */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Names in a grant that no namespace can have, and a grant without any: they grant nothing. */
function badNamespaces({ metadata, ...eip }: OvnEip): readonly Finding[] {
  const text = metadata.annotations[allowedNamespacesAnnotation];
  if (text === undefined) return [];
  const names = text.split(',').map((each) => each.trim());
  const bad = names.filter((each) => each !== '' && each !== '*' && !label.test(each));
  const isEmpty = names.every((each) => each === '');
  if (bad.length === 0 && !isEmpty) return [];
  const why = isEmpty
    ? 'it names no namespace, so none may use the address'
    : `no namespace can be named ${bad.map((each) => `"${each}"`).join(' or ')}`;
  return [
    finding('annotation-invalid', {
      severity: 'warning',
      object: refOf({ ...eip, metadata }),
      field: annotationField(allowedNamespacesAnnotation),
      message: `the annotation ${allowedNamespacesAnnotation} is "${text}", and ${why}`,
      cure: isEmpty
        ? 'write names of namespaces with commas between, or * for all; remove it where every namespace may use the address'
        : 'write names of namespaces with commas between, or * for all',
    }),
  ];
}
