import type { Uuid } from '@berth/ovsdb/value';
import type { OvnWorld, WorldExternal, WorldGatewayPort, WorldNat, WorldRouter } from './ovn-world-model.ts';

/** The UUID of the row of this table with this name in every world. */
export function uuidOf(table: string, key: string): Uuid {
  const text = `${table}/${key}`;
  const part = (seed: number): string => {
    let hash = seed;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    return ((hash ^ (hash >>> 13)) >>> 0).toString(16).padStart(8, '0');
  };
  const hex = [2166136261, 40503, 65599, 97].map(part).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-') as Uuid;
}

export function networkOf(external: WorldExternal): string {
  return external.network ?? external.name;
}

export function externalSubnets(world: OvnWorld, name: string): readonly string[] {
  const place = world.externals.findIndex((external) => external.name === name);
  return world.externals[place]?.subnets ?? [`10.${100 + place}.0.0/16`];
}

export function portName(router: WorldRouter, port: WorldGatewayPort): string {
  return port.name ?? `${router.name}-${port.external}`;
}

/** The SB group of a port: NB's when it names one, else one of its own, called like the port. */
export function groupName(router: WorldRouter, port: WorldGatewayPort): string {
  return port.group ?? portName(router, port);
}

export function natKey(router: WorldRouter, nat: WorldNat): string {
  return [router.name, nat.type, nat.externalIp, nat.logicalIp, nat.logicalPort ?? ''].join(' ');
}

export type PlacedPod = {
  readonly name: string;
  readonly node: string | undefined;
  readonly addresses: string;
};
export type PlacedSubnet = {
  readonly name: string;
  readonly networks: readonly string[];
  readonly pods: readonly PlacedPod[];
};

/** The subnets of a router with the addresses of everything on them. */
export function subnetsOf(world: OvnWorld, router: WorldRouter): readonly PlacedSubnet[] {
  return (router.subnets ?? []).map((subnet, place) => {
    const networks = subnet.networks ?? [`192.168.${place}.1/24`];
    const pods = (subnet.pods ?? []).map((pod, at) => {
      const ips = pod.ips ?? networks.map((network) => hostOf(network, 10 + at));
      return {
        name: pod.name,
        node: pod.node,
        addresses: [pod.mac ?? macOf(1, world.routers.indexOf(router), place, at), ...ips].join(' '),
      };
    });
    return { name: subnet.name, networks, pods };
  });
}

/** Address number `host` of a network given as `10.1.0.0/16` or `fd00::/64`. */
export function hostOf(network: string, host: number): string {
  const base = network.split('/')[0] ?? '';
  if (base.includes(':')) return `${base.replace(/::[0-9a-f]*$/, '')}::${host.toString(16)}`;
  const [first, second, third] = base.split('.');
  return `${first}.${second}.${Number(third) + (host >> 8)}.${host & 255}`;
}

export function gatewayNetworks(
  world: OvnWorld,
  router: WorldRouter,
  port: WorldGatewayPort,
): readonly string[] {
  if (port.networks) return port.networks;
  const place = world.routers.indexOf(router);
  return externalSubnets(world, port.external).map(
    (subnet) => `${hostOf(subnet, 65000 + place)}/${subnet.split('/')[1]}`,
  );
}

/** One of its own for each; kinds are below 4, `first` below 16,384. */
export function macOf(kind: number, first: number, second: number, third: number): string {
  const bytes = [2, kind | ((first >> 8) << 2), first & 255, second & 255, (third >> 8) & 255, third & 255];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function hasDistributedNat(router: WorldRouter): boolean {
  return (router.nat ?? []).some(
    ({ type, logicalPort, externalMac }) => type === 'dnat_and_snat' && logicalPort && externalMac,
  );
}
