import type { ExternalFlow, Fabric } from '@berth/core';
import { contains, type Ip, parseInterfaceAddress, parseIp } from '@berth/net';
import type { Lab } from '../lab/lab.ts';
import { netnsOfWhere, podOfNetns } from '../lab/where.ts';
import { plainBash } from '../script/bash.ts';

/** An address of `outside` and the network of an external wire that it is on. */
export type OutsideAddress = {
  readonly ip: Ip;
  readonly wire: string;
  readonly vlanId: number;
  readonly holds: (ip: Ip) => boolean;
};

/** Where packets of a lab can start and end. */
export type Places = {
  readonly outside: readonly OutsideAddress[];
  /** The pod, as NAMESPACE/NAME, that has this address; of several the one with this hardware address. */
  readonly podWith: (ip: string, mac: string | undefined) => string | undefined;
};

/** Reads the addresses of `outside` and of every pod. */
export async function readPlaces(lab: Lab): Promise<Places> {
  const script =
    'for name; do ip -n "$name" -o link show | sed "s/^/$name /"; ip -n "$name" -o address show scope global | sed "s/^/$name /"; done';
  const pods = lab.podNetnses;
  const { stdout } = await lab.exec('central', [...plainBash, '-c', script, 'places', 'outside', ...pods]);
  const outside: OutsideAddress[] = [];
  const holders = new Map<string, { pod: string; nic: string }[]>();
  const macs = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, netns = '', nic = ''] = /^(\S+) \d+: ([^\s:@]+)/.exec(line) ?? [];
    const mac = / link\/ether (\S+)/.exec(line)?.[1];
    if (mac !== undefined) macs.set(`${netns} ${nic}`, mac);
    const text = / inet6? (\S+)/.exec(line)?.[1];
    const address = text === undefined ? undefined : parseInterfaceAddress(text);
    if (address === undefined) continue;
    if (netns === 'outside') {
      const [wire = nic, tag = '0'] = nic.split('.');
      outside.push({ ip: address.ip, wire, vlanId: Number(tag), holds: (ip) => contains(address.cidr, ip) });
    } else {
      const known = holders.get(address.ip) ?? [];
      known.push({ pod: podOfNetns(netns), nic });
      holders.set(address.ip, known);
    }
  }
  return {
    outside,
    podWith(ip, mac) {
      const found = holders.get(parseIp(ip) ?? ip) ?? [];
      if (found.length < 2 || mac === undefined) return found[0]?.pod;
      return found.find(({ pod, nic }) => macs.get(`${netnsOfWhere(pod)} ${nic}`) === mac)?.pod;
    },
  };
}

/** The pod that a flow leads to or comes from, as NAMESPACE/NAME: of several that have its address the one whose port it is. */
export function podOf(
  { logicalPort = '', logicalIp }: ExternalFlow,
  { dataPlane }: Pick<Fabric, 'dataPlane'>,
  { podWith }: Pick<Places, 'podWith'>,
): string | undefined {
  const mac = dataPlane?.bindings.get(logicalPort)?.addresses[0]?.split(' ')[0];
  return podWith(logicalIp, mac);
}

/** What the flows of a port that is forwarded have in common, one for each backend. */
export function forwardKey({ router, externalIp, externalPort: at }: ExternalFlow): string {
  return `${router} ${externalIp} ${at?.protocol} ${at?.port}`;
}
