import { formatRef, kindOfWord, type ResourceSet } from '@berth/api';
import { type FloatingIpIntent, type ObjectRef, parseTarget, portName } from '@berth/core';
import { CliFault } from '../context/cli-fault.ts';
import { addressPackets, eipPackets, toAnybody } from './probe-address.ts';
import { noTarget, notFound, nothingBehind, refuseUnprobed } from './probe-faults.ts';
import { fipProbings } from './probe-fip.ts';
import { type ManyTarget, manyPackets } from './probe-many.ts';
import { rowPackets } from './probe-rows.ts';
import { connectionsOf, connectionsThrough, type RuleRef } from './probe-rule.ts';
import {
  type Asked,
  type Connection,
  type Known,
  type Packets,
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

function askedPackets(text: string, known: Known): Asked {
  const all = known.intent.vpcs.flatMap(({ floatingIps }) => floatingIps);
  const target = parseTarget(text);
  if (target?.kind === 'address') return addressPackets(target.ip, all, known);
  const many = manyTarget(text);
  if (many) {
    return {
      packets: manyPackets(many, known),
      otherwise: (untried) => throws(nothingBehind(text, untried)),
    };
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
  const { resources, rows } = known;
  const wanted = all.filter((fip) =>
    ref.kind === 'OvnFip' ? fip.name === ref.name : isSame(targetOf(fip, resources), ref),
  );
  const pod = `${ref.namespace}/${ref.name}`;
  const connections = ref.kind === 'Pod' ? connectionsThrough({ pods: new Set([pod]) }, known) : [];
  const probings = wanted.flatMap((fip) => fipProbings(fip, known));
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

function isSame(left: ObjectRef | null, right: ObjectRef): boolean {
  return left !== null && formatRef(left) === formatRef(right);
}
