import type { Family } from '@berth/net';
import type { Link } from '../host/link.ts';

/**
 * What a Geneve tunnel of OVN adds to a frame of a workload: the inner Ethernet header (14), the outer IP header (20
 * or 40), UDP (8), Geneve (8) and OVN's option with the two port numbers (8) (RFC 8926 section 3; ovn-architecture(7)).
 */
export const geneveOverhead: Readonly<Record<Family, number>> = { IPv4: 58, IPv6: 78 };

/**
 * The MTU for workloads whose packets travel in Geneve over a network with `underlayMtu`: the largest multiple of 10
 * that fits. 1500 gives 1440 over IPv4 and 1420 over IPv6.
 */
export function tunnelMtu(underlayMtu: number, family: Family): number {
  return Math.floor((underlayMtu - geneveOverhead[family]) / 10) * 10;
}

/** The MTU of workloads where the tunnel's own address is not found on the node: Kube-OVN's, 1500 less 100. */
export const fallbackMtu = 1400;

/** The MTU that fits the tunnels of a node; `encapIp` is `external_ids:ovn-encap-ip`, several with commas between. */
export function workloadMtu(encapIp: string, links: readonly Link[]): number {
  const fitting = encapIp.split(',').flatMap((text) => {
    const ip = text.trim();
    const link = links.find(({ addresses }) => addresses.some((address) => address.ip === ip));
    return link ? [tunnelMtu(link.mtu, ip.includes(':') ? 'IPv6' : 'IPv4')] : [];
  });
  return fitting.length === 0 ? fallbackMtu : Math.min(...fitting);
}
