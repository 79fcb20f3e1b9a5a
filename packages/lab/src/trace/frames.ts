import type { Fields } from './fields.ts';

/** Who sends, from which hardware address, and to whom. */
type Ends = { readonly mac: string; readonly source: string; readonly to: string };

const broadcast = 'ff:ff:ff:ff:ff:ff';

/** The question who has an address: an ARP request, or a neighbour solicitation (RFC 4861). */
export function whoHas({ mac, source, to }: Ends): Fields {
  if (!to.includes(':')) {
    const ends = { arp_spa: source, arp_tpa: to, arp_sha: mac, arp_tha: '00:00:00:00:00:00' };
    return { protocol: 'arp', dl_src: mac, dl_dst: broadcast, arp_op: '1', ...ends };
  }
  const [a, b] = lastGroups(to);
  const tail = `${a.slice(-2)}:${b}`;
  return {
    ...{ protocol: 'icmp6', dl_src: mac, dl_dst: `33:33:ff:${a.slice(-2)}:${b.slice(0, 2)}:${b.slice(2)}` },
    ...{ ipv6_src: source, ipv6_dst: `ff02::1:ff${tail}`, nw_ttl: '255', icmp_type: '135', icmp_code: '0' },
    ...{ nd_target: to, nd_sll: mac },
  };
}

/** The last 32 bits of an IPv6 address, as two groups of four digits. */
function lastGroups(ip: string): readonly [string, string] {
  const written = ip.split('::').at(-1)?.split(':') ?? [];
  const isShort = ip.includes('::') && written.length < 2;
  const groups = isShort ? ['0', ...written] : written;
  const [a = '0', b = '0'] = groups.slice(-2).map((group) => group.padStart(4, '0'));
  return [a, b];
}

/** The first packet of a conversation: an echo request, or of a TCP connection where there is a port. */
export function request(
  ends: Ends & { readonly nextHop: string; readonly port: number | undefined },
): Fields {
  const { mac, source, to, nextHop, port } = ends;
  const isV6 = to.includes(':');
  const addresses = isV6 ? { ipv6_src: source, ipv6_dst: to } : { nw_src: source, nw_dst: to };
  const shared = { dl_src: mac, dl_dst: nextHop, ...addresses, nw_ttl: '64' };
  if (port !== undefined) {
    return { protocol: isV6 ? 'tcp6' : 'tcp', ...shared, tp_src: '33000', tp_dst: String(port) };
  }
  const echo = { icmp_type: isV6 ? '128' : '8', icmp_code: '0' };
  return { protocol: isV6 ? 'icmp6' : 'icmp', ...shared, ...echo };
}
