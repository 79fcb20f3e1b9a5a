import { formatRef, kindOfWord, nearest, type ResourceSet } from '@berth/api';
import { type FloatingIpIntent, type Intent, type ObjectRef, parseTarget, portName } from '@berth/core';
import { familyOf, type Ip, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import { canBeProbed, probedForms } from '../tree/target-words.ts';
import { type ManyTarget, manyPackets } from './probe-many.ts';
import { rowPackets } from './probe-rows.ts';
import { connectionsOf, connectionsThrough, idleRule, type RuleRef, type RulesOf } from './probe-rule.ts';
import {
  type Connection,
  type Known,
  type Packets,
  type Probing,
  type Rows,
  sendsAny,
  together,
} from './probing.ts';
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
  return besideRows(askedPackets(text, known), known.rows);
}

/** The same where no objects count. An address of no row is pinged all the same: somebody may answer. */
export function packetsOfRows(text: string, rows: Rows): Packets {
  const target = parseTarget(text);
  const packets = { probings: [], connections: [] };
  const otherwise: Asked['otherwise'] = (untried) =>
    target?.kind === 'address' ? toAnybody([target.ip]) : throws(nothingBehind(text, untried));
  return besideRows({ packets, otherwise }, rows);
}

function besideRows({ packets: asked, otherwise }: Asked, rows: Rows): Packets {
  const packets = together(asked, rowPackets(rows, asked));
  return sendsAny(packets) ? packets : together(otherwise(packets.untried), packets);
}

/** What objects ask for behind a target, and what there is to send where neither they nor rows of NB have anything: it may throw. */
type Asked = { readonly packets: Packets; readonly otherwise: (untried: string | undefined) => Packets };

function askedPackets(text: string, known: Known): Asked {
  const { intent, resources } = known;
  const all = intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  if (!text.includes('/')) return addressPackets(text, all, known);
  const many = manyTarget(text);
  if (many) {
    const packets = manyPackets(many, known, (fip) => fipProbings(fip, intent, resources));
    return { packets, otherwise: (untried) => throws(nothingBehind(text, untried)) };
  }
  const ref = refOfText(text);
  if (ref.kind === 'OvnEip') return eipPackets(ref, all, known);
  if (isRule(ref)) {
    const packets = { probings: [], connections: throughRule(text, ref, known) };
    return { packets, otherwise: () => packets };
  }
  return fipOrPodPackets(text, ref, all, known);
}

/** Of a pod all that its floating IPs and rules do, of a floating IP that. */
function fipOrPodPackets(
  text: string,
  ref: ObjectRef,
  all: readonly FloatingIpIntent[],
  known: Known,
): Asked {
  const { intent, resources, rows } = known;
  const wanted = all.filter((fip) =>
    ref.kind === 'OvnFip' ? fip.name === ref.name : isSame(targetOf(fip, resources), ref),
  );
  const pod = `${ref.namespace}/${ref.name}`;
  const connections = ref.kind === 'Pod' ? connectionsThrough({ pods: new Set([pod]) }, known) : [];
  const probings = wanted.flatMap((fip) => fipProbings(fip, intent, resources));
  const there = ref.kind === 'OvnFip' ? resources.OvnFip : resources.Pod;
  const names = there.map(({ metadata }) => metadata.name);
  const isThere = wanted.length > 0 || names.includes(ref.name) || rows.flows.length > 0;
  if (!isThere) throw notFound(text, ref.name, names);
  const { fault, hasFloatingIp } = unprogrammed(text, ref, resources);
  const isLeftOut = wanted.length === 0 && hasFloatingIp;
  const packets = { probings, connections, ...(isLeftOut && { untried: fault.message }) };
  return { packets, otherwise: () => throws(fault) };
}

function throws(fault: CliFault): never {
  throw fault;
}

function nothingBehind(text: string, untried: string | undefined): CliFault {
  return new CliFault(
    'cannot-tell',
    untried === undefined
      ? `there is no pod behind ${text} to probe it with, and no floating IP`
      : `nothing of ${text} can be tried: ${untried}`,
    `berth explain ${text} tells what it is for`,
  );
}

/** The connections through one rule. Throws as {@link packetsTo}. */
function throughRule(text: string, ref: RuleRef, known: Known): readonly Connection[] {
  const names = known.resources[ref.kind].map(({ metadata }) => metadata.name);
  if (!names.includes(ref.name)) throw notFound(text, ref.name, names);
  return connectionsOf(ref, known);
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

function addressPackets(text: string, all: readonly FloatingIpIntent[], known: Known): Asked {
  const { intent, resources } = known;
  const address = parseIp(text);
  if (address === undefined) {
    throw noTarget(text);
  }
  const probings = all
    .flatMap((fip) => fipProbings(fip, intent, resources))
    .filter((probing) => probing.address === address);
  return packetsOf([address], probings, { address }, known);
}

function eipPackets(ref: ObjectRef, all: readonly FloatingIpIntent[], known: Known): Asked {
  const { intent, resources } = known;
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
  return packetsOf(addresses, probings, { eip: ref.name }, known);
}

/** Of public addresses. Those that nothing is programmed for are pinged all the same: somebody may answer. */
function packetsOf(
  addresses: readonly Ip[],
  probings: readonly Probing[],
  rules: RulesOf,
  known: Known,
): Asked {
  const connections = connectionsThrough(rules, known);
  const otherwise = (): Packets => {
    const idle = idleRule(rules, known.intent);
    if (idle) throw idle;
    return toAnybody(addresses);
  };
  return { packets: { probings, connections }, otherwise };
}

function toAnybody(addresses: readonly Ip[]): Packets {
  const probings = addresses.map((address) => ({ address, of: 'anybody', outbound: undefined }) as const);
  return { probings, connections: [] };
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
      of: pod ? { pods: [pod] } : 'some-pod',
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
