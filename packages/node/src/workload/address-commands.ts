import { familyOf, formatInterfaceAddress, type InterfaceAddress } from '@berth/net';
import type { Link } from '../host/link.ts';
import type { KernelRoute } from '../host/route.ts';
import { routeCommands } from './route-commands.ts';
import type { Workload } from './workload.ts';

/** The pod's end as it is. */
export type PodEnd = {
  readonly link: Link;
  /** All of the namespace. */
  readonly routes: readonly KernelRoute[];
  /** What it was set up with last (`configOf`); empty where it was not yet. */
  readonly recorded: string;
};

type Wanted = Pick<Workload, 'interfaceName' | 'mac' | 'addresses' | 'gateways' | 'routes'>;

/**
 * The programs, to be run one after the other in the pod's namespace, that give its end the wanted MAC, MTU, addresses
 * and routes. None when it has them. A family with a wrong address is emptied and filled again, for removing
 * one IPv4 address may take others of its network along. Link-local addresses are the kernel's and stay, and so do routes that are not ours.
 */
export function addressCommands(
  present: PodEnd,
  wanted: Wanted,
  mtu: number,
): readonly (readonly string[])[] {
  return [
    ...linkCommands(present.link, wanted, mtu),
    ...familyCommands('inet', present, wanted),
    ...familyCommands('inet6', present, wanted),
  ];
}

/**
 * The programs that add what is missing of the addresses and routes of a pod's end, and take nothing away: none when it has them. Whatever else it has is
 * for who gave it that. An interface without a link-local address has IPv6 switched off: there nothing of that family is missing.
 */
export function mendingCommands(
  { link, routes, recorded }: PodEnd,
  wanted: Wanted,
): readonly (readonly string[])[] {
  const has = new Set(link.addresses.map(({ ip, prefixLength }) => `${ip}/${prefixLength}`));
  const families = link.addresses.some(({ family }) => family === 'inet6')
    ? (['IPv4', 'IPv6'] as const)
    : (['IPv4'] as const);
  return families.flatMap((family) => [
    ...wanted.addresses
      .filter((address) => familyOf(address.ip) === family && !has.has(formatInterfaceAddress(address)))
      .map((address) => addCommand(address, wanted.interfaceName)),
    ...routeCommands({ present: routes, wanted, recorded }, family, false).after,
  ]);
}

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
  const [option, name] = family === 'inet' ? (['-4', 'IPv4'] as const) : (['-6', 'IPv6'] as const);
  const addresses = wanted.addresses.filter(({ ip }) => familyOf(ip) === name);
  const has = present.link.addresses
    .filter((address) => address.family === family && address.scope === 'global')
    .map(({ ip, prefixLength }) => `${ip}/${prefixLength}`);
  // What a workload gave itself beside its own address, as keepalived does, stays until that changes.
  const isRight =
    addresses.length === 0
      ? has.length === 0
      : addresses.every((address) => has.includes(formatInterfaceAddress(address)));
  const { routes, recorded } = present;
  const { before, after } = routeCommands({ present: routes, wanted, recorded }, name, !isRight);
  return [
    ...before,
    ...(!isRight && has.length > 0
      ? [['ip', option, 'address', 'flush', 'dev', device, 'scope', 'global']]
      : []),
    ...(isRight ? [] : addresses.map((address) => addCommand(address, device))),
    ...after,
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
