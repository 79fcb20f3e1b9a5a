import type { PodRoute } from '@berth/core';
import { type Cidr, contains, familyOf, type Ip, networkOf, prefixLengthOf } from '@berth/net';
import type { KernelRoute } from '../host/route.ts';
import { routeMark, routeProtocol, type Workload } from './workload.ts';

/** Protocol of a route of which nothing was said (`boot`), as ours were before they were marked. */
const unmarked = '3';

type Wanted = Pick<Workload, 'interfaceName' | 'addresses' | 'gateways' | 'routes'>;

/** What is to be run about the routes of one family, before and after its addresses are changed. */
export type RouteCommands = { readonly before: string[][]; readonly after: string[][] };

export type RouteInput = {
  readonly present: readonly KernelRoute[];
  readonly wanted: Wanted;
  /** What the interface was set up with last (`configOf`), for routes that were made before ours were marked. */
  readonly recorded: string;
};

/** All routes that a workload is to have: the default ones, then those that it asks for. */
function wantedRoutes({ addresses, gateways, routes = [] }: Wanted): readonly PodRoute[] {
  const families = new Set(addresses.map(({ ip }) => familyOf(ip)));
  return [...gateways.map((gw) => ({ dst: everywhere(gw), gw })), ...routes].filter(({ gw }) =>
    families.has(familyOf(gw)),
  );
}

/**
 * The programs that make our routes of a family the wanted ones, whatever ours were, and touch no others. With `isReaddressed` all are made anew, as
 * the kernel takes some of them away with an address and leaves others.
 */
export function routeCommands(
  input: RouteInput,
  family: ReturnType<typeof familyOf>,
  isReaddressed: boolean,
): RouteCommands {
  const { present, wanted } = input;
  const ours = present.filter((route) => route.family === family && isOurs(route, input));
  const free = wantedRoutes(wanted).filter(
    (route) => familyOf(route.gw) === family && !isTaken(route, input, isReaddressed),
  );
  // One of ours that leads to the same target is replaced in one step.
  const former = new Map(isReaddressed ? [] : free.map((route) => [route, formerOf(route, ours)] as const));
  const kept = new Set(former.values());
  return {
    before: ours.filter((route) => !kept.has(route)).map(deleteCommand),
    after: free
      .filter((route) => !isMade(route, former.get(route)))
      .map((route) => putCommand(route, wanted)),
  };
}

/** What of ours is in the place of a wanted route: that very one, where it is there. */
function formerOf(route: PodRoute, ours: readonly KernelRoute[]): KernelRoute | undefined {
  const there = ours.filter(({ dst }) => dst === route.dst);
  return there.find((each) => isMade(route, each)) ?? there[0];
}

function isMade({ gw }: PodRoute, former: KernelRoute | undefined): boolean {
  return former?.gateway === gw && former.protocol === routeProtocol;
}

/** The wanted routes in whose place somebody else has one that leads elsewhere: that one stays, and ours is not made. */
export function takenRoutes(input: RouteInput): readonly PodRoute[] {
  const { present, wanted } = input;
  return wantedRoutes(wanted).filter(
    (route) =>
      isTaken(route, input, false) &&
      !present.some(
        ({ dst, gateway, device }) =>
          dst === route.dst && gateway === route.gw && device === wanted.interfaceName,
      ),
  );
}

/** The routes as they are with those marked that are known to be ours by the record alone. */
export function withMarks(input: RouteInput): readonly KernelRoute[] {
  return input.present.map((route) => (isOurs(route, input) ? { ...route, protocol: routeProtocol } : route));
}

function isOurs(route: KernelRoute, { wanted, recorded }: Omit<RouteInput, 'present'>): boolean {
  const { device, protocol, dst, gateway } = route;
  if (device !== wanted.interfaceName) return false;
  if (protocol === routeProtocol) return true;
  const isOlder = recorded !== '' && !` ${recorded} `.includes(` ${routeMark} `);
  if (!isOlder || protocol !== unmarked || !gateway || !dst) return false;
  const text = prefixLengthOf(dst) === 0 ? ` via ${gateway} ` : ` ${dst} via ${gateway} `;
  return ` ${recorded} `.includes(text);
}

/** Whether somebody else's route has the place, which the kernel would let ours take. */
function isTaken({ dst }: PodRoute, input: RouteInput, isReaddressed: boolean): boolean {
  return input.present.some((route) => {
    if (route.dst !== dst || !route.isPreferred || isOurs(route, input)) return false;
    // IPv4 routes go with the last address of their interface.
    return !(isReaddressed && route.family === 'IPv4' && route.device === input.wanted.interfaceName);
  });
}

function putCommand({ dst, gw }: PodRoute, { interfaceName, addresses }: Wanted): string[] {
  const isOnLink = isLinkLocal(gw) || addresses.some(({ cidr }) => contains(cidr, gw));
  const path = ['via', gw, 'dev', interfaceName, ...routeMark.split(' ')];
  return ['ip', optionOf(gw), 'route', 'replace', nameOf(dst), ...path, ...(isOnLink ? [] : ['onlink'])];
}

function deleteCommand({ dst, gateway, device, protocol, family }: KernelRoute): string[] {
  const path = [...(gateway ? ['via', gateway] : []), 'dev', device ?? '', 'proto', protocol];
  const option = family === 'IPv4' ? '-4' : '-6';
  return ['ip', option, 'route', 'delete', dst ? nameOf(dst) : 'default', ...path];
}

function nameOf(dst: PodRoute['dst']): string {
  return prefixLengthOf(dst) === 0 ? 'default' : dst;
}

function optionOf(ip: Ip): string {
  return familyOf(ip) === 'IPv4' ? '-4' : '-6';
}

function everywhere(gateway: Ip): Cidr {
  const all = networkOf(gateway, 0);
  if (!all) throw new TypeError(`${gateway} is no address`);
  return all;
}

function isLinkLocal(ip: Ip): boolean {
  return /^fe[89ab]/.test(ip);
}
