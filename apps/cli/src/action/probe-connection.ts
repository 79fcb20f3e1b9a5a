import type { ResourceSet } from '@berth/api';
import { type Intent, podOfIp, type VpcIntent } from '@berth/core';
import { contains, familyOf, type Ip, parseCidr, parseIp } from '@berth/net';
import type { Connection, Rows } from './probing.ts';

/** A port of the outside that nothing else in a lab uses. */
export const outsidePort = 40_123;

/** Out of a pod to an address outside, which is to see it with `seenAs`. */
export function wayOut(from: string, to: Ip, seenAs: Ip): Connection {
  const backends = [{ place: 'outside', port: outsidePort }];
  return { direction: 'outbound', protocol: 'tcp', from, to, port: outsidePort, backends, seenAs };
}

/** Whom packets with an address of an external subnet are sent to outside: its gateway of that family; undefined where it has none. */
export function gatewayFor({ externals }: Intent, subnet: string, address: Ip): Ip | undefined {
  const networks = externals.find(({ name }) => name === subnet)?.networks ?? [];
  return networks.find(({ gateway }) => familyOf(gateway) === familyOf(address))?.gateway;
}

/** What the SNAT rules of a VPC translate, addresses and networks. */
function logicalsOf({ sourceNats }: VpcIntent): readonly string[] {
  return sourceNats.flatMap(({ pairs }) => pairs.map(({ logical }) => logical));
}

/**
 * Whether an address of a VPC is translated as one of its SNAT rules says: a floating IP comes before an SNAT, also one that only rows have, and the
 * smallest network before the others.
 */
export function translatedIn(vpc: VpcIntent, rows: Pick<Rows, 'all'>): (logical: string, ip: Ip) => boolean {
  const logicals = logicalsOf(vpc);
  const floating = rows.all.filter(({ kind, router }) => kind === 'floating-ip' && router === vpc.name);
  const own = new Set<string | undefined>([
    ...vpc.floatingIps.flatMap(({ pairs }) => pairs.map(({ logical }) => logical)),
    ...floating.map(({ logicalIp }) => parseIp(logicalIp)),
  ]);
  return (logical, ip) => !own.has(ip) && narrowest(ip, logicals) === logical;
}

/** One for each address that the outside is to see. */
export function firstOfEach(connections: readonly Connection[]): readonly Connection[] {
  return [...new Map(connections.toReversed().map((each) => [each.seenAs, each])).values()].toReversed();
}

/** The traffic that an address belongs to, as OVN chooses it: the longest prefix. */
function narrowest(ip: Ip, logicals: readonly string[]): string | undefined {
  const length = (logical: string): number => Number(logical.split('/')[1] ?? 128);
  return logicals
    .filter((logical) => holds(logical, ip))
    .toSorted((left, right) => length(right) - length(left))[0];
}

function holds(logical: string, ip: Ip): boolean {
  const cidr = logical.includes('/') ? parseCidr(logical) : undefined;
  return cidr ? contains(cidr, ip) : parseIp(logical) === ip;
}

/** The pod of a switch port, as NAMESPACE/NAME; undefined where it is none's. */
export function podOfPort(ipName: string, { IP, Pod }: ResourceSet): string | undefined {
  const ip = IP.find(({ metadata }) => metadata.name === ipName);
  const pod = ip && podOfIp(ip, Pod);
  return pod && `${pod.metadata.namespace}/${pod.metadata.name}`;
}
