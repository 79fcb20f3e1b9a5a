import { type Cidr, hostCidr, parseCidr, parseIp } from '@berth/net';
import { z } from 'zod';
import type { Host } from './host.ts';
import { parse } from './output.ts';

/** A route of the main table as ip-route(8) shows it. */
export type KernelRoute = {
  readonly family: 'IPv4' | 'IPv6';
  /** The whole of the family for a default route. */
  readonly dst: Cidr | undefined;
  /** Undefined where it leads to the link itself, to several next hops, or nowhere. */
  readonly gateway: string | undefined;
  readonly device: string | undefined;
  /** Who made it, as a number: `3` where nothing was said. */
  readonly protocol: string;
  /** Whether its metric is the usual one: two such routes to one target have the same place. */
  readonly isPreferred: boolean;
};

const routeSchema = z.looseObject({
  dst: z.string().optional(),
  dev: z.string().optional(),
  gateway: z.string().optional(),
  protocol: z.string().optional(),
  metric: z.int().optional(),
  nexthops: z.array(z.looseObject({})).default([]),
});

/** The routes of both families of the node, or of a workload's namespace. Two programs. */
export async function readRoutes(
  host: Host,
  options?: { readonly netns?: string },
): Promise<readonly KernelRoute[]> {
  const lists = await Promise.all(
    (['-4', '-6'] as const).map(async (option) => {
      const argv = ['ip', '-j', '-N', option, 'route', 'show', 'table', 'main'];
      const list = parse(z.array(routeSchema), argv, await host.run(argv, options));
      return list.map((route) => routeOf(route, option === '-4' ? 'IPv4' : 'IPv6'));
    }),
  );
  return lists.flat();
}

/** ip(8) leaves out that a route is of `boot` (3). */
function routeOf(
  { dst = '', dev, gateway, protocol = '3', metric, nexthops }: z.infer<typeof routeSchema>,
  family: KernelRoute['family'],
): KernelRoute {
  const host = parseIp(dst);
  const all = family === 'IPv4' ? '0.0.0.0/0' : '::/0';
  return {
    family,
    dst: host ? hostCidr(host) : parseCidr(dst === 'default' ? all : dst),
    gateway: nexthops.length > 0 ? undefined : gateway && (parseIp(gateway) ?? gateway),
    device: dev,
    protocol,
    isPreferred: metric === undefined || metric === (family === 'IPv4' ? 0 : 1024),
  };
}
