import { type Cidr, cidrFamily, contains, familyOf, isHost, overlaps, prefixLengthOf } from '@berth/net';
import type { PodNetwork } from './pod-network.ts';
import type { PodRoute } from './pod-route.ts';

/**
 * Why routes cannot be on a pod's network; undefined where all can. What a kernel refuses is found here, and what it takes and what
 * would cut the pod off: it goes by the routes that it has when it is given one, so that the order would decide.
 */
export function misfitOf(routes: readonly PodRoute[], network: PodNetwork): string | undefined {
  const places = new Map<Cidr, number>();
  for (const [place, route] of routes.entries()) {
    const fault = gatewayFault(route, network) ?? targetFault(route, routes, network);
    if (fault !== undefined) return `[${place}]${fault}`;
    const before = places.get(route.dst);
    if (before !== undefined) return `[${place}] leads to ${named(route.dst)}, as [${before}] does already`;
    places.set(route.dst, place);
  }
  return undefined;
}

function named(dst: Cidr): string {
  return prefixLengthOf(dst) === 0 ? `all of ${cidrFamily(dst)}` : dst;
}

const linkLocal = 'fe80::/10' as Cidr;

/** A gateway must be somebody else on the pod's own link (RFC 4291 2.5.6: a link-local one always is on it). */
function gatewayFault({ gw }: PodRoute, { addresses }: PodNetwork): string | undefined {
  const family = familyOf(gw);
  const own = addresses.filter(({ ip }) => familyOf(ip) === family);
  if (own.length === 0) return `.gw ${gw} is of a family that the pod has no address of`;
  if (own.some(({ ip }) => ip === gw)) return `.gw ${gw} is the address of the pod itself`;
  if (contains(linkLocal, gw)) return undefined;
  const around = own.find(({ cidr }) => contains(cidr, gw));
  if (!around) return `.gw ${gw} is not in the pod’s subnet, ${own.map(({ cidr }) => cidr).join(', ')}`;
  return isHost(around.cidr, gw) ? undefined : `.gw ${gw} can be no host of ${around.cidr}`;
}

/** What no packet of a pod is routed to (RFC 6890, RFC 5771, RFC 4291), and what it is. */
const unroutable = [
  ['0.0.0.0/8', 'this host'],
  ['127.0.0.0/8', 'loopback'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['::/127', 'this host'],
  ['::ffff:0:0/96', 'IPv4 in the form of IPv6'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
] as const;

function targetFault(
  { dst }: PodRoute,
  routes: readonly PodRoute[],
  { addresses, gateways }: PodNetwork,
): string | undefined {
  const special = unroutable.find(([net]) => contains(net as Cidr, dst));
  if (special) return `.dst ${dst} is ${special[1]}, which no gateway leads to`;
  const around = addresses.find(({ cidr }) => overlaps(cidr, dst) && contains(cidr, dst));
  if (!around) return undefined;
  if (dst === around.cidr) return `.dst ${dst} is the pod’s own subnet, which it reaches without a gateway`;
  if (contains(dst, around.ip)) return `.dst ${dst} holds the pod’s own address, ${around.ip}`;
  const cut = [...gateways, ...routes.map(({ gw }) => gw)].find((each) => contains(dst, each));
  return cut && `.dst ${dst} holds the gateway ${cut}, which would lead to itself`;
}
