import { type Cidr, contains, type Ip, parseInterfaceAddress, parseIp } from '@berth/net';
import type { Lab } from '../lab/lab.ts';
import { plainBash } from '../script/bash.ts';

/** A pod as its own kernel knows it. */
export type PodNic = {
  readonly netns: string;
  readonly mac: string;
  readonly addresses: readonly { readonly ip: Ip; readonly cidr: Cidr }[];
  /** Default gateways, of either family. */
  readonly gateways: readonly Ip[];
};

/** Reads the addresses and default routes of every pod, by network namespace. */
export async function readPods(lab: Lab): Promise<ReadonlyMap<string, PodNic>> {
  const script =
    'for name; do for what in "link show" "address show scope global" "route show default" "-6 route show default"; do ip -n "$name" -o $what | sed "s/^/$name /"; done; done';
  const { stdout } = await lab.exec('central', [...plainBash, '-c', script, 'pods', ...lab.podNetnses]);
  return new Map(lab.podNetnses.map((netns) => [netns, podOf(netns, stdout)]));
}

function podOf(netns: string, text: string): PodNic {
  const lines = text
    .split('\n')
    .flatMap((line) => (line.startsWith(`${netns} `) ? [line.slice(netns.length)] : []));
  const found = (pattern: RegExp): readonly string[] =>
    lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return {
    netns,
    mac: found(/ link\/ether (\S+)/)[0] ?? '',
    addresses: found(/ inet6? (\S+)/).flatMap((each) => parseInterfaceAddress(each) ?? []),
    gateways: found(/^ default via (\S+)/).flatMap((each) => parseIp(each) ?? []),
  };
}

/** The pod's own address, and whom it asks for by ARP or ND to reach another; undefined when it cannot. */
export function routeOf(
  pod: PodNic,
  to: string,
): { readonly source: string; readonly nextHop: string } | undefined {
  const isV6 = to.includes(':');
  const own = pod.addresses.filter(({ ip }) => ip.includes(':') === isV6);
  const target = parseIp(to);
  const near = target && own.find(({ cidr }) => contains(cidr, target));
  const gateway = pod.gateways.find((each) => each.includes(':') === isV6);
  const source = (near ?? own[0])?.ip;
  const nextHop = near === undefined ? gateway : target;
  return source === undefined || nextHop === undefined ? undefined : { source, nextHop };
}
