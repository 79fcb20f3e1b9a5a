import { z } from 'zod';
import type { Host } from './host.ts';
import { parse } from './output.ts';

/** An address of a link. `scope` is as ip-address(8) has it: `global`, `link`, `host`. */
export type LinkAddress = {
  readonly family: 'inet' | 'inet6';
  readonly ip: string;
  readonly prefixLength: number;
  readonly scope: string;
};

/** A network interface as ip-link(8) shows it. */
export type Link = {
  readonly name: string;
  readonly index: number;
  /** The interface below it in the same namespace: a VLAN's NIC. */
  readonly lower?: string;
  /** The other end of a veth, by its number in its own namespace. */
  readonly peerIndex?: number;
  /** The bridge, bond or switch that it is a port of. */
  readonly master?: string;
  readonly mac?: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  readonly addresses: readonly LinkAddress[];
};

const linkSchema = z.looseObject({
  ifname: z.string(),
  ifindex: z.int(),
  link: z.string().nullish(),
  link_index: z.int().optional(),
  master: z.string().optional(),
  address: z.string().optional(),
  mtu: z.int(),
  flags: z.array(z.string()),
  addr_info: z
    .array(
      z.looseObject({
        family: z.string().optional(),
        local: z.string().optional(),
        prefixlen: z.int().optional(),
        scope: z.string().optional(),
      }),
    )
    .default([]),
});

const routeSchema = z.looseObject({
  dst: z.string().optional(),
  dev: z.string().optional(),
  gateway: z.string().optional(),
  nexthops: z
    .array(z.looseObject({ dev: z.string().optional(), gateway: z.string().optional() }))
    .default([]),
});

/** A next hop of a default route. */
export type DefaultRoute = { readonly device: string; readonly gateway: string | undefined };

/** The links of the node, or of a workload's namespace, with their addresses. One program. */
export async function readLinks(host: Host, options?: { readonly netns?: string }): Promise<readonly Link[]> {
  const argv = ['ip', '-j', 'address', 'show'];
  const list = parse(z.array(linkSchema), argv, await host.run(argv, options));
  return list.map(linkOf);
}

/** The default routes of both families, of every routing table. Two programs. */
export async function readDefaultRoutes(
  host: Host,
  options?: { readonly netns?: string },
): Promise<readonly DefaultRoute[]> {
  const lists = await Promise.all(
    ['-4', '-6'].map(async (family) => {
      const argv = ['ip', '-j', family, 'route', 'show', 'table', 'all', 'default'];
      return parse(z.array(routeSchema), argv, await host.run(argv, options));
    }),
  );
  return lists
    .flat()
    .flatMap(({ dev, gateway, nexthops }) => [{ dev, gateway }, ...nexthops])
    .flatMap(({ dev, gateway }) => (dev === undefined ? [] : [{ device: dev, gateway }]));
}

function linkOf({ addr_info: addresses, ...link }: z.infer<typeof linkSchema>): Link {
  return {
    name: link.ifname,
    index: link.ifindex,
    ...(typeof link.link === 'string' && { lower: link.link }),
    ...(link.link_index !== undefined && { peerIndex: link.link_index }),
    ...(link.master !== undefined && { master: link.master }),
    ...(link.address !== undefined && { mac: link.address }),
    mtu: link.mtu,
    isUp: link.flags.includes('UP'),
    isLoopback: link.flags.includes('LOOPBACK'),
    addresses: addresses.flatMap(({ family, local, prefixlen, scope = 'global' }) =>
      (family === 'inet' || family === 'inet6') && local !== undefined && prefixlen !== undefined
        ? [{ family, ip: local, prefixLength: prefixlen, scope }]
        : [],
    ),
  };
}
