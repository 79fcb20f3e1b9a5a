import { formatRef, kindOfWord, nearest, type ResourceSet } from '@berth/api';
import { type FloatingIpIntent, type Intent, type ObjectRef, portName } from '@berth/core';
import { familyOf, type Ip, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import { canBeProbed } from '../tree/target-words.ts';
import { targetOf } from './status-of.ts';

/** What there is to probe: an external address, and the pod behind it with the outside's address, where known. */
export type Probing = {
  readonly address: Ip;
  /** Undefined when no pod is known behind the address: then only the way in is probed. */
  readonly outbound: { readonly pod: string; readonly to: Ip } | undefined;
};

/** Finds what a target on the command line means. Throws CliFault `usage`, `not-found` or `cannot-tell`. */
export function probingsOf(text: string, intent: Intent, resources: ResourceSet): readonly Probing[] {
  const all = intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  if (!text.includes('/')) return addressProbings(text, all, intent, resources);
  const ref = refOfText(text);
  if (ref.kind === 'OvnEip') return eipProbings(ref, all, intent, resources);
  const wanted = all.filter((fip) =>
    ref.kind === 'OvnFip' ? fip.name === ref.name : isSame(targetOf(fip, resources), ref),
  );
  if (wanted.length > 0) return wanted.flatMap((fip) => fipProbings(fip, intent, resources));
  const known = ref.kind === 'OvnFip' ? resources.OvnFip : resources.Pod;
  if (known.some(({ metadata }) => metadata.name === ref.name)) {
    throw unprogrammed(text, ref, resources);
  }
  throw notFound(
    text,
    ref.name,
    known.map(({ metadata }) => metadata.name),
  );
}

/** Why nothing can be probed at an object that is there. */
function unprogrammed(
  text: string,
  { kind, namespace, name }: ObjectRef,
  { IP, OvnFip, Pod }: ResourceSet,
): CliFault {
  const cure = 'see berth status for what is wrong';
  if (kind === 'OvnFip') return new CliFault('cannot-tell', `${text} is not programmed`, cure);
  const pod = Pod.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const ipName = pod ? portName(pod) : `${name}.${namespace}`;
  const ip = IP.find(({ metadata }) => metadata.name === ipName);
  const addresses = [ip?.spec.v4IpAddress, ip?.spec.v6IpAddress].filter(Boolean);
  const fips = OvnFip.filter(({ spec }) => spec.ipName === ipName || addresses.includes(spec.v4Ip));
  if (fips.length === 0) {
    return new CliFault(
      'cannot-tell',
      `${text} has no floating IP, so nothing outside leads to it`,
      `give it one: an OvnFip with spec.ipName ${ipName}`,
    );
  }
  const names = fips.map(({ metadata }) => `ovn-fip/${metadata.name}`).join(', ');
  return new CliFault('cannot-tell', `${names} of ${text} is not programmed`, cure);
}

function addressProbings(
  text: string,
  all: readonly FloatingIpIntent[],
  intent: Intent,
  resources: ResourceSet,
): readonly Probing[] {
  const address = parseIp(text);
  if (address === undefined) {
    throw new CliFault(
      'usage',
      `"${text}" is no target`,
      'name fip/NAME, eip/NAME, snat/NAME, dnat/NAME, pod/NAMESPACE/NAME or an address',
    );
  }
  const found = all
    .flatMap((fip) => fipProbings(fip, intent, resources))
    .filter((probing) => probing.address === address);
  return found.length > 0 ? found : [{ address, outbound: undefined }];
}

function eipProbings(
  ref: ObjectRef,
  all: readonly FloatingIpIntent[],
  intent: Intent,
  resources: ResourceSet,
): readonly Probing[] {
  const found = all.filter(({ eip }) => eip.name === ref.name);
  if (found.length > 0) return found.flatMap((fip) => fipProbings(fip, intent, resources));
  const eip = resources.OvnEip.find(({ metadata }) => metadata.name === ref.name);
  if (!eip) {
    const names = resources.OvnEip.map(({ metadata }) => metadata.name);
    throw notFound(formatRef(ref), ref.name, names);
  }
  const addresses = [eip.spec.v4Ip, eip.spec.v6Ip].flatMap((text) => (text ? (parseIp(text) ?? []) : []));
  if (addresses.length > 0) return addresses.map((address) => ({ address, outbound: undefined }));
  throw new CliFault('cannot-tell', `${formatRef(ref)} has no address`, 'see berth status for what is wrong');
}

/** One for each address family. The outside's address is the gateway of the external subnet. */
function fipProbings(
  fip: FloatingIpIntent,
  { externals }: Intent,
  resources: ResourceSet,
): readonly Probing[] {
  const networks = externals.find(({ name }) => name === fip.subnet)?.networks ?? [];
  const target = targetOf(fip, resources);
  return fip.pairs.map(({ external }) => {
    const to = networks.find(({ gateway }) => familyOf(gateway) === familyOf(external))?.gateway;
    const pod = target && `${target.namespace}/${target.name}`;
    return { address: external, outbound: pod && to ? { pod, to } : undefined };
  });
}

/** The object that `fip/NAME`, `pod/NAMESPACE/NAME` and the like name. Throws CliFault `usage`. */
export function refOfText(text: string): ObjectRef {
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
export function notFound(target: string, name: string, names: readonly string[]): CliFault {
  const near = nearest(name, names);
  const there = names.length === 0 ? 'apply or run a folder first' : `there is ${names.join(', ')}`;
  return new CliFault('usage', `${target} not found`, near === undefined ? there : `did you mean ${near}?`);
}
