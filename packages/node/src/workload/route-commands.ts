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
export function wantedRoutes({ addresses, gateways, routes = [] }: Wanted): readonly PodRoute[] {
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
  { present, wanted, recorded }: RouteInput,
  family: ReturnType<typeof familyOf>,
  isReaddressed: boolean,
): RouteCommands {
  const routes = wantedRoutes(wanted).filter(({ gw }) => familyOf(gw) === family);
  const ours = present.filter((route) => route.family === family && isOurs(route, wanted, recorded));
  const free = routes.filter((route) => !isTaken(route, present, wanted, recorded, isReaddressed));
  const put = free.map((route) => putCommand(route, wanted));
  if (isReaddressed) return { before: ours.map(deleteCommand), after: put };
  const kept = new Set<KernelRoute>();
  const after: string[][] = [];
  for (const [place, { dst, gw }] of free.entries()) {
    const there = ours.filter((route) => route.dst === dst);
    const exact = there.find((route) => route.gateway === gw && route.protocol === routeProtocol);
    // One of ours that leads there is replaced in one step.
    const stays = exact ?? there[0];
    if (stays) kept.add(stays);
    const command = put[place];
    if (!exact && command) after.push(command);
  }
  return { before: ours.filter((route) => !kept.has(route)).map(deleteCommand), after };
}

/** The wanted routes in whose place somebody else has one that leads elsewhere: that one stays, and ours is not made. */
export function takenRoutes({ present, wanted, recorded }: RouteInput): readonly PodRoute[] {
  return wantedRoutes(wanted).filter(
    (route) =>
      isTaken(route, present, wanted, recorded, false) &&
      !present.some(
        ({ dst, gateway, device }) =>
          dst === route.dst && gateway === route.gw && device === wanted.interfaceName,
      ),
  );
}

/** The routes as they are with those marked that are known to be ours by the record alone. */
export function withMarks({ present, wanted, recorded }: RouteInput): readonly KernelRoute[] {
  return present.map((route) =>
    isOurs(route, wanted, recorded) ? { ...route, protocol: routeProtocol } : route,
  );
}

function isOurs(route: KernelRoute, { interfaceName }: Wanted, recorded: string): boolean {
  const { device, protocol, dst, gateway } = route;
  if (device !== interfaceName) return false;
  if (protocol === routeProtocol) return true;
  const isOlder = recorded !== '' && !` ${recorded} `.includes(` ${routeMark} `);
  if (!isOlder || protocol !== unmarked || !gateway || !dst) return false;
  const text = prefixLengthOf(dst) === 0 ? ` via ${gateway} ` : ` ${dst} via ${gateway} `;
  return ` ${recorded} `.includes(text);
}

/** Whether somebody else's route has the place, which the kernel would let ours take. */
function isTaken(
  { dst }: PodRoute,
  present: readonly KernelRoute[],
  wanted: Wanted,
  recorded: string,
  isReaddressed: boolean,
): boolean {
  return present.some((route) => {
    if (route.dst !== dst || !route.isPreferred || isOurs(route, wanted, recorded)) return false;
    // IPv4 routes go with the last address of their interface.
    return !(isReaddressed && route.family === 'IPv4' && route.device === wanted.interfaceName);
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
