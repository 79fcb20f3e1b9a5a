import { ipValue, parseIp } from '@berth/net';
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
  const [a, b, c] = lastBytes(to);
  return {
    ...{ protocol: 'icmp6', dl_src: mac, dl_dst: `33:33:ff:${a}:${b}:${c}` },
    ...{ ipv6_src: source, ipv6_dst: `ff02::1:ff${a}:${b}${c}`, nw_ttl: '255' },
    ...{ icmp_type: '135', icmp_code: '0', nd_target: to, nd_sll: mac },
  };
}

/** The three bytes of an address that name the group in which it is asked for, two digits each (RFC 4291 section 2.7.1). */
function lastBytes(text: string): readonly string[] {
  const ip = parseIp(text);
  const digits = ip === undefined ? '' : (ipValue(ip) & 0xff_ffffn).toString(16);
  return digits.padStart(6, '0').match(/../g) ?? [];
}

/** The first packet of a conversation: an echo request, or where there is a port that of a TCP connection or of UDP. */
export function request(
  ends: Ends & {
    readonly nextHop: string;
    readonly port: number | undefined;
    readonly protocol: 'tcp' | 'udp';
  },
): Fields {
  const { mac, source, to, nextHop, port, protocol } = ends;
  const isV6 = to.includes(':');
  const addresses = isV6 ? { ipv6_src: source, ipv6_dst: to } : { nw_src: source, nw_dst: to };
  const shared = { dl_src: mac, dl_dst: nextHop, ...addresses, nw_ttl: '64' };
  if (port !== undefined) {
    return { protocol: isV6 ? `${protocol}6` : protocol, ...shared, tp_src: '33000', tp_dst: String(port) };
  }
  const echo = { icmp_type: isV6 ? '128' : '8', icmp_code: '0' };
  return { protocol: isV6 ? 'icmp6' : 'icmp', ...shared, ...echo };
}
