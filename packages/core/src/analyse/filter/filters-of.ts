import { addressValue, isWithin, sameFamily } from '../flows/address-text.ts';
import type { North, RouterPort, SwitchPort } from '../flows/north.ts';
import { type GatewayPort, hostsOf, type RouterView } from '../flows/router-view.ts';
import { disabledRouter, disabledRouterPort, disabledSwitchPort, walledIn } from './disabled.ts';
import { type Filtered, stoppedBy, together, unfiltered } from './filtered.ts';
import { type PassageFates, passageFates } from './passage-fates.ts';
import { macOf, portSecurityOf } from './port-security.ts';
import { type Talk, talkText, usualTalks } from './talk.ts';

/** Whose packets are looked at, and the two addresses they have. */
export type FilteredWay = {
  readonly gatewayPort: GatewayPort | undefined;
  readonly logicalPort: string | undefined;
  readonly logicalIp: string;
  /** As the external network sees it. */
  readonly externalIp: string;
  /** The hardware address that answers outside, where it is not the router's. */
  readonly externalMac?: string | undefined;
  /** Which of its conversations is meant; any where left out. */
  readonly talk?: Talk | undefined;
};

/** What ports and ACLs do to the flows of a workload, by their direction. */
export type Filters = {
  readonly inbound: Filtered;
  readonly outbound: Filtered;
  /** To the workload and from it, without the external network. */
  readonly inside: Filtered;
};

const none: Filters = { inbound: unfiltered, outbound: unfiltered, inside: unfiltered };

/** Looks at every port on the way between the outside and a workload, and at the ACLs of both switches. */
export function filtersOf(place: Place, way: FilteredWay): Filters {
  const all = filtersFor(place, way);
  if (Object.values(all).every(({ drops }) => drops.length === 0)) return all;
  const tries = (way.talk === undefined ? usualTalks : [way.talk]).map((talk) => {
    return { what: talkText(talk), filters: filtersFor(place, { ...way, talk }) };
  });
  const tried = (direction: keyof Filters): Filtered => ({
    ...all[direction],
    tried: tries.map(({ what, filters }) => ({ what, passes: passes(filters[direction]) })),
  });
  return { inbound: tried('inbound'), outbound: tried('outbound'), inside: tried('inside') };
}

type Place = { readonly north: North; readonly router: RouterView };

function passes({ obstacle, drops }: Filtered): boolean | undefined {
  return obstacle !== undefined ? false : drops.length > 0 ? undefined : true;
}

/** What stops outside is named before what stops inside: nobody answers for the address then. */
function filtersFor({ north, router }: Place, way: FilteredWay): Filters {
  const inner = innerFilters(north, router, way);
  const outer = outerFilters(north, router, way);
  if (inner === none && outer === none) return none;
  return {
    inbound: together(outer.inbound, inner.inbound),
    outbound: together(outer.outbound, inner.outbound),
    inside: together(inner.inbound, inner.outbound),
  };
}

/** The router itself, its port towards the workload, and the workload's own. */
function innerFilters(north: North, router: RouterView, way: FilteredWay): Filters {
  const { logicalPort, logicalIp, talk } = way;
  const workload = logicalPort === undefined ? undefined : north.ports.get(logicalPort);
  const own = disabledRouter(router.row);
  if (workload === undefined) return own === undefined ? none : alike(stoppedBy(own));
  const { port, on } = workload;
  const towards = portTowards(north, router, logicalIp, on);
  const peer = towards === undefined ? undefined : north.switchPortOf.get(towards.name);
  if (own !== undefined) return alike(stoppedBy(own));
  const stopped = disabledSwitchPort(port) ?? disabledRouterPort(towards) ?? disabledSwitchPort(peer);
  if (stopped !== undefined) return alike(stoppedBy({ ...stopped, isAnswered: true }));
  const security = portSecurityOf(port, logicalIp);
  const acls = north.aclsOf(on);
  if (acls === undefined) return security === unfiltered ? none : alike(security);
  const passage = {
    outer: peer?.name,
    inner: port.name,
    ip: logicalIp,
    macs: { outer: towards?.mac, inner: macOf(port, logicalIp) },
    routerIp: onlyAddress(towards, logicalIp),
    isWorkload: true,
    notIn: router.innerNetworks(),
    talk: talk && { ...talk, port: talk.innerPort ?? talk.port },
  };
  return withEach(security, passageFates(acls, passage));
}

/** The gateway port, the switch port it is at, and the one to the physical network. */
function outerFilters(
  north: North,
  { row, innerNetworks }: RouterView,
  { gatewayPort, externalIp, externalMac, talk }: FilteredWay,
): Filters {
  if (gatewayPort === undefined || row.enabled === false) return none;
  const { port, name, switchRow } = gatewayPort;
  const peer = north.switchPortOf.get(name);
  const localnets = switchRow === undefined ? [] : (north.localnets.get(switchRow) ?? []);
  const stopped = disabledRouterPort(port) ?? disabledSwitchPort(peer) ?? allDisabled(localnets);
  if (stopped !== undefined) return alike(stoppedBy(stopped));
  const walled = walledIn(localnets);
  if (walled !== undefined) return { ...alike(stoppedBy(walled)), inside: unfiltered };
  const acls = north.aclsOf(switchRow);
  if (acls === undefined || peer === undefined) return none;
  const [localnet, ...others] = localnets;
  const outer = others.length === 0 ? localnet?.name : undefined;
  return withEach(
    unfiltered,
    passageFates(acls, {
      outer,
      inner: peer.name,
      ip: externalIp,
      macs: { outer: undefined, inner: externalMac ?? port.mac },
      routerIp: onlyAddress(port, externalIp),
      isWorkload: false,
      notIn: innerNetworks(),
      talk,
    }),
  );
}

/** The port of a router on a switch, the one with the network of an address before others. */
function portTowards(north: North, router: RouterView, ip: string, on: string) {
  const here = router.ports.filter(({ name }) => north.switchOf.get(name) === on);
  const address = addressValue(ip);
  const fitting = here.find(
    ({ networks }) => address !== undefined && networks.some((network) => isWithin(network, address)),
  );
  return (fitting ?? here[0])?.port;
}

/** The only address of a router port of the family of another one. */
function onlyAddress(port: RouterPort | undefined, ip: string): string | undefined {
  const [only, ...others] = (port === undefined ? [] : hostsOf(port)).filter((each) => sameFamily(each, ip));
  return others.length === 0 ? only : undefined;
}

function allDisabled(ports: readonly SwitchPort[]): ReturnType<typeof disabledSwitchPort> {
  return ports.every(({ enabled }) => enabled === false) ? disabledSwitchPort(ports[0]) : undefined;
}

function alike(filtered: Filtered): Filters {
  return { inbound: filtered, outbound: filtered, inside: filtered };
}

function withEach(filtered: Filtered, { inbound, outbound }: PassageFates): Filters {
  if (filtered === unfiltered && inbound === unfiltered && outbound === unfiltered) return none;
  const [into, out] = [together(filtered, inbound), together(filtered, outbound)];
  return { inbound: into, outbound: out, inside: together(into, out) };
}
