import { formatRef, kindOfWord, nearest, type ResourceSet } from '@berth/api';
import { type FloatingIpIntent, type Intent, type ObjectRef, portName } from '@berth/core';
import { familyOf, type Ip, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import { canBeProbed } from '../tree/target-words.ts';
import { type Connection, connectionsOf, connectionsThrough, type RuleRef } from './probe-rule.ts';
import { targetOf } from './status-of.ts';

/** An external address that is pinged, and the workload behind it. */
export type Probing = {
  readonly address: Ip;
  /** The workload that it is of: a pod as NAMESPACE/NAME, or some pod that is not known; `anybody` of an address that is nothing's. */
  readonly of: { readonly pod: string } | 'some-pod' | 'anybody';
  /** The way out. Undefined when no pod is known behind the address: then only the way in is probed. */
  readonly outbound: { readonly pod: string; readonly to: Ip } | undefined;
};

/** What is to be sent: pings of floating IPs, and the connections that show rules. */
export type Packets = {
  readonly probings: readonly Probing[];
  readonly connections: readonly Connection[];
  /** What is there and cannot be tried, as it is not programmed; absent where all can. */
  readonly untried?: string;
};

/** Finds what a target on the command line means. Throws CliFault `usage`, `not-found` or `cannot-tell`. */
export function packetsTo(text: string, intent: Intent, resources: ResourceSet): Packets {
  const all = intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  if (!text.includes('/')) return addressPackets(text, all, intent, resources);
  const ref = refOfText(text);
  if (ref.kind === 'OvnEip') return eipPackets(ref, all, intent, resources);
  if (isRule(ref)) return { probings: [], connections: throughRule(text, ref, intent, resources) };
  const wanted = all.filter((fip) =>
    ref.kind === 'OvnFip' ? fip.name === ref.name : isSame(targetOf(fip, resources), ref),
  );
  const pod = `${ref.namespace}/${ref.name}`;
  const connections = ref.kind === 'Pod' ? connectionsThrough({ pod }, intent, resources) : [];
  if (wanted.length > 0)
    return { probings: wanted.flatMap((fip) => fipProbings(fip, intent, resources)), connections };
  const known = ref.kind === 'OvnFip' ? resources.OvnFip : resources.Pod;
  const names = known.map(({ metadata }) => metadata.name);
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
    throw new CliFault(
      'usage',
      `"${text}" is no target`,
      'name fip/NAME, eip/NAME, snat/NAME, dnat/NAME, pod/NAMESPACE/NAME or an address',
    );
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

/** The object that `fip/NAME`, `pod/NAMESPACE/NAME` and the like name. Throws CliFault `usage`. */
function refOfText(text: string): ObjectRef {
  const [word = '', ...path] = text.split('/');
  const kind = kindOfWord(word);
  const [first = '', second] = path;
  if (path.includes('') || path.length > 2 || kind === undefined || !canBeProbed(text)) {
    throw new CliFault(
      'usage',
      `"${text}" is no target`,
      'name fip/NAME, eip/NAME, snat/NAME, dnat/NAME, pod/NAMESPACE/NAME or an address',
    );
  }
  if (kind === 'Pod')
    return { kind, namespace: second === undefined ? 'default' : first, name: second ?? first };
  return { kind, name: first };
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
