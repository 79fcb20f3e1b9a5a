import type { Uuid } from '@berth/ovsdb/value';
import { isSince } from '../../fabric/globals.ts';
import { compareText, heldRows } from '../../fabric/tables.ts';
import { addressValue, canonicalIp, isWithin, type Prefix, spanOf } from './address-text.ts';
import { addressesOf, type North, type Router, type RouterPort } from './north.ts';

/** A port by which traffic leaves the OVN. */
export type GatewayPort = {
  readonly name: string;
  readonly row: Uuid;
  readonly port: RouterPort;
  readonly networks: readonly Prefix[];
  readonly switchRow: Uuid | undefined;
  /** The physical network behind it. */
  readonly network: string | undefined;
  /** Whether northd makes everything that passes it central, whatever the rows say. */
  readonly isCentralOnly: boolean;
};

/** A router, with what its NAT rows need to know of it. */
export type RouterView = {
  readonly row: Router;
  readonly name: string;
  /** A router that is pinned to one chassis (`options:chassis`); no NAT of it is distributed. */
  readonly isPinned: boolean;
  /** Distributed gateway ports, or the ports on external networks of a pinned router; by name, sorted. */
  readonly gatewayPorts: readonly GatewayPort[];
  /** All ports with the networks they are on. */
  readonly ports: readonly ViewedPort[];
  /** The port that has an address itself; of several the first. */
  readonly ownPortAt: (ip: string) => ViewedPort | undefined;
  /** The networks of all ports but the gateway ports: who is outside has no address in them. */
  readonly innerNetworks: () => readonly Prefix[];
  /** The workload that has an address on a switch of the router. */
  readonly portAt: (ip: string) => string | undefined;
  /** Its ports on external networks, whether or not they have gateways. */
  readonly external: readonly { readonly name: string; readonly network: string }[];
  /** SB names of the chassis that have a workload on a switch of the router, sorted. */
  readonly workloadChassis: () => readonly string[];
  /** Every workload on a switch of the router with its addresses, by name, sorted. */
  readonly workloads: () => readonly Workload[];
};

export type ViewedPort = {
  readonly name: string;
  readonly port: RouterPort;
  readonly networks: readonly Prefix[];
};

export type Workload = { readonly port: string; readonly addresses: readonly string[] };

/** Reads a router. Its workloads are indexed when the first of them is asked for. */
export function routerView(north: North, row: Router): RouterView {
  const ports = [...heldRows(row.ports, north.routerPort)].sort((left, right) =>
    compareText(left.name, right.name),
  );
  const isPinned = row.options?.get('chassis') !== undefined;
  const wanted = isPinned
    ? ports.filter(({ name }) => isExternal(north, name))
    : ports.filter(
        ({ gateway_chassis, ha_chassis_group }) =>
          (gateway_chassis?.size ?? 0) > 0 || ha_chassis_group !== undefined,
      );
  const gatewayPorts = wanted.map((port) => gatewayPort(north, port, wanted.length === 1));
  const workloads = once(() => workloadsOf(north, ports));
  const byAddress = once(() =>
    firsts(workloads().flatMap(({ port, addresses }) => addresses.map((each) => [each, port] as const))),
  );
  const viewed = ports.map((port) => ({ name: port.name, port, networks: networksOf(port.networks) }));
  const byOwnAddress = once(() =>
    firsts(viewed.flatMap((each) => hostsOf(each.port).map((ip) => [ip, each] as const))),
  );
  return {
    row,
    name: row.name,
    isPinned,
    gatewayPorts,
    ports: viewed,
    ownPortAt: (ip) => byOwnAddress().get(ip),
    innerNetworks: once(() =>
      ports.filter((port) => !wanted.includes(port)).flatMap(({ networks }) => networksOf(networks)),
    ),
    portAt: (ip) => byAddress().get(ip),
    external: ports.flatMap(({ name }) => {
      const network = networkOf(north, name);
      return network === undefined ? [] : [{ name, network }];
    }),
    workloadChassis: () => {
      const all = workloads().map(({ port }) => north.dataPlane?.bindings.get(port)?.chassis);
      return [...new Set(all.filter((chassis) => chassis !== undefined))].sort(compareText);
    },
    workloads,
  };
}

/** The physical network that the switch of a router port leads to. */
function networkOf({ switchOf, dataPlane }: North, port: string): string | undefined {
  const on = switchOf.get(port);
  return on === undefined ? undefined : dataPlane?.externals.get(on)?.network;
}

/** Whether an address is on a network of a gateway port. */
export function isOn(port: GatewayPort, ip: string): boolean {
  const address = addressValue(ip);
  return address !== undefined && port.networks.some((network) => isWithin(network, address));
}

function gatewayPort(north: North, port: RouterPort, isOnly: boolean): GatewayPort {
  const switchRow = north.switchOf.get(port.name);
  const network = networkOf(north, port.name);
  return {
    name: port.name,
    row: port._uuid,
    port,
    networks: networksOf(port.networks),
    switchRow,
    network,
    isCentralOnly: isOnly && network === undefined && centralizesWithoutLocalnet(north, port),
  };
}

/** From 25.03 on by itself, from 24.09 on when the port says so (ovn-nb(5), Logical_Router_Port options). */
function centralizesWithoutLocalnet({ release }: North, { options }: RouterPort): boolean {
  if (isSince(release, 25, 3)) return true;
  return isSince(release, 24, 9) && options?.get('centralize_routing') === 'true';
}

function isExternal({ switchOf, dataPlane }: North, port: string): boolean {
  const on = switchOf.get(port);
  return on !== undefined && dataPlane?.externals.has(on) === true;
}

function networksOf(networks: ReadonlySet<string> | undefined): readonly Prefix[] {
  return [...(networks ?? [])].flatMap((text) => spanOf(text) ?? []);
}

/** The addresses of a port itself. */
export function hostsOf({ networks }: RouterPort): readonly string[] {
  return [...(networks ?? [])].map((text) => canonicalIp(text.replace(/\/.*$/, '')));
}

/** Of several entries with one key the first counts. */
function firsts<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  return new Map(entries.toReversed());
}

function workloadsOf({ switchOf, workloads }: North, ports: readonly RouterPort[]): readonly Workload[] {
  const switches = new Set(ports.flatMap(({ name }) => switchOf.get(name) ?? []));
  return [...switches]
    .flatMap((row) => workloads.get(row) ?? [])
    .map((port) => ({ port: port.name, addresses: addressesOf(port) }))
    .sort((left, right) => compareText(left.port, right.port));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
