import { formatRef } from '@berth/api';
import type { FloatingIpIntent, ObjectRef } from '@berth/core';
import { type Ip, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import { notFound } from './probe-faults.ts';
import { fipProbings } from './probe-fip.ts';
import { connectionsThrough, idleRule, type RulesOf } from './probe-rule.ts';
import type { Asked, Known, Packets, Probing } from './probing.ts';

/** Of a public address, whatever it is of. */
export function addressPackets(address: Ip, all: readonly FloatingIpIntent[], known: Known): Asked {
  const probings = all
    .flatMap((fip) => fipProbings(fip, known))
    .filter((probing) => probing.address === address);
  return packetsOf([address], probings, { address }, known);
}

/** Of the addresses of an EIP. Throws CliFault `usage` or `cannot-tell`. */
export function eipPackets(ref: ObjectRef, all: readonly FloatingIpIntent[], known: Known): Asked {
  const { resources } = known;
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
  const probings = fips.flatMap((fip) => fipProbings(fip, known));
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

/** Pings that whoever has the addresses may answer. */
export function toAnybody(addresses: readonly Ip[]): Packets {
  const probings = addresses.map((address) => ({ address, of: 'anybody', outbound: undefined }) as const);
  return { probings, connections: [] };
}
