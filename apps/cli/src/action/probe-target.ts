import { formatRef, kindOfWord, nearest, type ResourceSet } from '@berth/api';
import { type FloatingIpIntent, type Intent, type ObjectRef, parseTarget, portName } from '@berth/core';
import { familyOf, type Ip, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import { canBeProbed, probedForms } from '../tree/target-words.ts';
import type { Connection } from './probe-connection.ts';
import { type ManyTarget, manyPackets } from './probe-many.ts';
import { connectionsOf, connectionsThrough, type RuleRef } from './probe-rule.ts';
import type { Known, Packets, Probing } from './probing.ts';
import { targetOf } from './status-of.ts';

/** What a target stands for many packets of: those of a VPC, a subnet, or a row of NB; undefined where it is one object or address. */
export function manyTarget(text: string): ManyTarget | undefined {
  const target = parseTarget(text);
  if (target?.kind === 'nat') return target;
  if (target?.kind !== 'vpc' && target?.kind !== 'subnet') return undefined;
  return { kind: target.kind, name: target.name };
}

/** Finds what a target on the command line means. Throws CliFault `usage`, `not-found` or `cannot-tell`. */
export function packetsTo(text: string, known: Known): Packets {
  const { intent, resources } = known;
  const all = intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  if (!text.includes('/')) return addressPackets(text, all, intent, resources);
  const many = manyTarget(text);
  if (many) return manyPackets(many, known, (fip) => fipProbings(fip, intent, resources));
  const ref = refOfText(text);
  if (ref.kind === 'OvnEip') return eipPackets(ref, all, intent, resources);
  if (isRule(ref)) return { probings: [], connections: throughRule(text, ref, intent, resources) };
  const wanted = all.filter((fip) =>
    ref.kind === 'OvnFip' ? fip.name === ref.name : isSame(targetOf(fip, resources), ref),
  );
  const pod = `${ref.namespace}/${ref.name}`;
  const connections =
    ref.kind === 'Pod' ? connectionsThrough({ pods: new Set([pod]) }, intent, resources) : [];
  if (wanted.length > 0)
    return { probings: wanted.flatMap((fip) => fipProbings(fip, intent, resources)), connections };
  const there = ref.kind === 'OvnFip' ? resources.OvnFip : resources.Pod;
  const names = there.map(({ metadata }) => metadata.name);
  if (!names.includes(ref.name)) throw notFound(text, ref.name, names);
  const obstacle = unprogrammed(text, ref, resources);
  if (connections.length === 0) throw obstacle.fault;
  return { probings: [], connections, ...(obstacle.hasFloatingIp && { untried: obstacle.fault.message }) };
}

/** The connections through one rule. Throws as {@link packetsTo}. */
function throughRule(
  text: string,
  ref: RuleRef,
  intent: Intent,
  resources: ResourceSet,
): readonly Connection[] {
  const names = resources[ref.kind].map(({ metadata }) => metadata.name);
  if (!names.includes(ref.name)) throw notFound(text, ref.name, names);
  return connectionsOf(ref, intent, resources);
}

function isRule(ref: ObjectRef): ref is RuleRef {
  return ref.kind === 'OvnSnatRule' || ref.kind === 'OvnDnatRule';
}

/** Why nothing can be probed at an object that is there. */
function unprogrammed(
  text: string,
  { kind, namespace, name }: ObjectRef,
  { IP, OvnFip, Pod }: ResourceSet,
): { readonly fault: CliFault; readonly hasFloatingIp: boolean } {
  const cure = 'see berth status for what is wrong';
  const isNot = (what: string) => ({
    fault: new CliFault('cannot-tell', `${what} is not programmed`, cure),
    hasFloatingIp: true,
  });
  if (kind === 'OvnFip') return isNot(text);
  const pod = Pod.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const ipName = pod ? portName(pod) : `${name}.${namespace}`;
  const ip = IP.find(({ metadata }) => metadata.name === ipName);
  const addresses = [ip?.spec.v4IpAddress, ip?.spec.v6IpAddress].filter(Boolean);
  const fips = OvnFip.filter(({ spec }) => spec.ipName === ipName || addresses.includes(spec.v4Ip));
  if (fips.length > 0)
    return isNot(`${fips.map(({ metadata }) => `ovn-fip/${metadata.name}`).join(', ')} of ${text}`);
  const fault = new CliFault(
    'cannot-tell',
    `${text} has no floating IP, and no rule of SNAT or DNAT is programmed for it, so no public address is its own`,
    `give it one: an OvnFip with spec.ipName ${ipName}; or an OvnSnatRule for its way out`,
  );
  return { fault, hasFloatingIp: false };
}

function addressPackets(
  text: string,
  all: readonly FloatingIpIntent[],
  intent: Intent,
  resources: ResourceSet,
): Packets {
  const address = parseIp(text);
  if (address === undefined) {
    throw noTarget(text);
  }
  const probings = all
    .flatMap((fip) => fipProbings(fip, intent, resources))
    .filter((probing) => probing.address === address);
  return packetsOf([address], probings, connectionsThrough({ address }, intent, resources));
}

function eipPackets(
  ref: ObjectRef,
  all: readonly FloatingIpIntent[],
  intent: Intent,
  resources: ResourceSet,
): Packets {
  const eip = resources.OvnEip.find(({ metadata }) => metadata.name === ref.name);
  if (!eip) {
    const names = resources.OvnEip.map(({ metadata }) => metadata.name);
    throw notFound(formatRef(ref), ref.name, names);
  }
  const addresses = [eip.spec.v4Ip, eip.spec.v6Ip].flatMap((text) => (text ? (parseIp(text) ?? []) : []));
  if (addresses.length === 0)
    throw new CliFault(
      'cannot-tell',
      `${formatRef(ref)} has no address`,
      'see berth status for what is wrong',
    );
  const fips = all.filter(({ eip }) => eip.name === ref.name);
  const probings = fips.flatMap((fip) => fipProbings(fip, intent, resources));
  return packetsOf(addresses, probings, connectionsThrough({ eip: ref.name }, intent, resources));
}

/** Of public addresses. Those that nothing is programmed for are pinged all the same: somebody may answer. */
function packetsOf(
  addresses: readonly Ip[],
  probings: readonly Probing[],
  connections: readonly Connection[],
): Packets {
  if (probings.length + connections.length > 0) return { probings, connections };
  const anybody = addresses.map((address) => ({ address, of: 'anybody', outbound: undefined }) as const);
  return { probings: anybody, connections };
}

/** One for each address family. The outside's address is the gateway of the external subnet. */
function fipProbings(
  fip: FloatingIpIntent,
  { externals }: Intent,
  resources: ResourceSet,
): readonly Probing[] {
  const networks = externals.find(({ name }) => name === fip.subnet)?.networks ?? [];
  const target = targetOf(fip, resources);
  const pod = target && `${target.namespace}/${target.name}`;
  return fip.pairs.map(({ external }): Probing => {
    const to = networks.find(({ gateway }) => familyOf(gateway) === familyOf(external))?.gateway;
    return {
      address: external,
      of: pod ? { pod } : 'some-pod',
      outbound: pod && to ? { pod, to } : undefined,
    };
  });
}

/** Throws CliFault `usage` for what packets cannot be sent to, whatever there is. */
export function refuseUnprobed(text: string): void {
  const target = parseTarget(text);
  if (target?.kind === 'node')
    throw new CliFault(
      'usage',
      `${text} cannot be probed: a node has no address of its own to send packets to`,
      `berth explain ${text} tells what lives there, and berth drill --fail host:${target.name} what its loss does to packets`,
    );
  if (target?.kind !== 'address' && !canBeProbed(text)) throw noTarget(text);
}

/** The object that `fip/NAME`, `pod/NAMESPACE/NAME` and the like name. Throws CliFault `usage`. */
function refOfText(text: string): ObjectRef {
  refuseUnprobed(text);
  const target = parseTarget(text);
  const kind = kindOfWord(text.slice(0, text.indexOf('/')));
  if (!target || !('name' in target) || kind === undefined) throw noTarget(text);
  return target.kind === 'pod'
    ? { kind, namespace: target.namespace, name: target.name }
    : { kind, name: target.name };
}

function noTarget(text: string): CliFault {
  return new CliFault('usage', `"${text}" is no target`, `name ${probedForms}`);
}

function isSame(left: ObjectRef | null, right: ObjectRef): boolean {
  return left !== null && formatRef(left) === formatRef(right);
}

/** The fault that there is no such object, with the nearest name. */
function notFound(target: string, name: string, names: readonly string[]): CliFault {
  const near = nearest(name, names);
  const there = names.length === 0 ? 'apply or run a folder first' : `there is ${names.join(', ')}`;
  return new CliFault('usage', `${target} not found`, near === undefined ? there : `did you mean ${near}?`);
}
