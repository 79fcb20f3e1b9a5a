import type { PodRoute } from '@berth/core';
import { contains, familyOf, formatInterfaceAddress, type InterfaceAddress, type Ip } from '@berth/net';
import type { DefaultRoute, Link } from '../host/link.ts';
import type { Workload } from './workload.ts';

/** The pod's end as it is. */
export type PodEnd = {
  readonly link: Link;
  readonly defaultRoutes: readonly DefaultRoute[];
  /** Its other routes with a next hop; read where some are wanted. */
  readonly routes?: readonly PodRoute[];
};

/**
 * The programs, to be run one after the other in the pod's namespace, that give its end the wanted MAC, MTU, addresses
 * and default routes. None when it has them. A family with a wrong address is emptied and filled again, for removing
 * one IPv4 address may take others of its network along. Link-local addresses are the kernel's and stay, and so do routes that nobody asked for.
 */
export function addressCommands(
  present: PodEnd,
  wanted: Pick<Workload, 'interfaceName' | 'mac' | 'addresses' | 'gateways' | 'routes'>,
  mtu: number,
): readonly (readonly string[])[] {
  const ofFamilies = [
    ...familyCommands('inet', present, wanted),
    ...familyCommands('inet6', present, wanted),
  ];
  // With an address the kernel takes the routes by it away.
  const left = ofFamilies.length === 0 ? (present.routes ?? []) : [];
  return [...linkCommands(present.link, wanted, mtu), ...ofFamilies, ...furtherRoutes(left, wanted)];
}

type Wanted = Parameters<typeof addressCommands>[1];

function linkCommands({ mac, mtu: presentMtu, isUp }: Link, wanted: Wanted, mtu: number): string[][] {
  const settings = [
    ...(mac === wanted.mac ? [] : ['address', wanted.mac]),
    ...(presentMtu === mtu ? [] : ['mtu', String(mtu)]),
    ...(isUp ? [] : ['up']),
  ];
  return settings.length === 0 ? [] : [['ip', 'link', 'set', 'dev', wanted.interfaceName, ...settings]];
}

function familyCommands(family: 'inet' | 'inet6', present: PodEnd, wanted: Wanted): string[][] {
  const device = wanted.interfaceName;
  const option = family === 'inet' ? '-4' : '-6';
  const isOfFamily = (ip: Ip): boolean => familyOf(ip) === (family === 'inet' ? 'IPv4' : 'IPv6');
  const addresses = wanted.addresses.filter(({ ip }) => isOfFamily(ip));
  const gateway = wanted.gateways.find(isOfFamily);
  const has = present.link.addresses
    .filter((address) => address.family === family && address.scope === 'global')
    .map(({ ip, prefixLength }) => `${ip}/${prefixLength}`);
  // What a workload gave itself beside its own address, as keepalived does, stays until that changes.
  const isRight =
    addresses.length === 0
      ? has.length === 0
      : addresses.every((address) => has.includes(formatInterfaceAddress(address)));
  const routes = present.defaultRoutes.filter(
    (route) => route.device === device && (route.gateway?.includes(':') ?? false) === (family === 'inet6'),
  );
  const routeIsRight =
    isRight &&
    (gateway === undefined ? routes.length === 0 : routes.length === 1 && routes[0]?.gateway === gateway);
  return [
    ...(!isRight && has.length > 0
      ? [['ip', option, 'address', 'flush', 'dev', device, 'scope', 'global']]
      : []),
    ...(isRight ? [] : addresses.map((address) => addCommand(address, device))),
    ...(routeIsRight ? [] : routeCommands(option, device, gateway, addresses, routes.length > 0 && isRight)),
  ];
}

/** Without duplicate address detection: the address answers at once, and OVN lets nobody else use it. */
function addCommand(address: InterfaceAddress, device: string): string[] {
  const isIpv6 = familyOf(address.ip) === 'IPv6';
  return [
    'ip',
    'address',
    'add',
    formatInterfaceAddress(address),
    'dev',
    device,
    ...(isIpv6 ? ['nodad'] : []),
  ];
}

function routeCommands(
  option: string,
  device: string,
  gateway: Ip | undefined,
  addresses: readonly InterfaceAddress[],
  isStale: boolean,
): string[][] {
  const remove = ['ip', option, 'route', 'flush', 'default', 'dev', device];
  if (gateway === undefined || addresses.length === 0) return isStale ? [remove] : [];
  const reachable = addresses.some(({ cidr }) => contains(cidr, gateway));
  const add = ['ip', option, 'route', 'replace', 'default', 'via', gateway, 'dev', device];
  return [...(isStale ? [remove] : []), reachable ? add : [...add, 'onlink']];
}

function furtherRoutes(present: readonly PodRoute[], wanted: Wanted): string[][] {
  const known = new Set(present.map(({ dst, gw }) => `${dst} ${gw}`));
  return (wanted.routes ?? [])
    .filter(({ dst, gw }) => !known.has(`${dst} ${gw}`))
    .map(({ dst, gw }) => {
      const option = familyOf(gw) === 'IPv4' ? '-4' : '-6';
      return ['ip', option, 'route', 'replace', dst, 'via', gw, 'dev', wanted.interfaceName];
    });
}
