import type { ResourceSet } from '@berth/api';
import { podOfIp, type VpcIntent } from '@berth/core';
import { contains, type Ip, parseCidr, parseIp } from '@berth/net';

/** A connection that shows a rule at work. Places are `outside`, or a pod as `ns/name`. */
export type Connection = {
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: 'tcp' | 'udp';
  readonly from: string;
  readonly server: string;
  readonly to: Ip;
  /** What the client connects to, and what the server listens on. */
  readonly port: number;
  readonly serverPort: number;
  /** The client's address as the server must see it; undefined where any will do. */
  readonly seenAs: Ip | undefined;
};

/** A port of the outside that nothing else in a lab uses. */
export const outsidePort = 40_123;

/** Out of a pod to an address outside, which is to see it with `seenAs`. */
export function wayOut(from: string, to: Ip, seenAs: Ip): Connection {
  const ends = { from, server: 'outside', port: outsidePort, serverPort: outsidePort } as const;
  return { direction: 'outbound', protocol: 'tcp', to, seenAs, ...ends };
}

/** What the SNAT rules of a VPC translate, addresses and networks. */
export function logicalsOf({ sourceNats }: VpcIntent): readonly string[] {
  return sourceNats.flatMap(({ pairs }) => pairs.map(({ logical }) => logical));
}

/**
 * Whether an address of a VPC is translated as one of `logicals`, where SNAT translates all of these: a floating IP comes before an SNAT, and the
 * smallest network before the others.
 */
export function translatedIn(
  { floatingIps }: VpcIntent,
  logicals: readonly string[],
): (logical: string, ip: Ip) => boolean {
  const own = new Set(floatingIps.flatMap(({ pairs }) => pairs.map(({ logical }) => logical)));
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
