import type { Packet, PortNumber, Protocol } from './packet.ts';

const etherTypes = { ip4: 0x0800, ip6: 0x86dd, arp: 0x0806 } as const;

/** Which packets have a field at all: a comparison holds for no other, whatever it compares (ovn-sb(5), Logical_Flow match, prerequisites). */
const prerequisites: readonly (readonly [prefix: string, kinds: readonly Packet['kind'][]])[] = [
  ['ip4.', ['ip4']],
  ['icmp4.', ['ip4']],
  ['ip6.', ['ip6']],
  ['icmp6.', ['ip6']],
  ['nd.', ['ip6']],
  ['arp.', ['arp']],
  ...['ip.', 'tcp.', 'udp.', 'sctp.'].map((prefix) => [prefix, ['ip4', 'ip6']] as const),
];

/** Whether no packet of the kind and protocol has the field. */
export function lacks({ kind, protocol }: Packet, field: string): boolean {
  if (prerequisites.some(([prefix, kinds]) => field.startsWith(prefix) && !kinds.includes(kind))) return true;
  const [layer = ''] = field.split('.');
  const carried = layers[layer];
  return carried !== undefined && protocol !== undefined && carried !== protocol;
}

/** What a packet carries that has a field of a layer. */
const layers: Readonly<Record<string, Protocol>> = {
  ...{ tcp: 'tcp', udp: 'udp', sctp: 'sctp' },
  ...{ icmp4: 'icmp', icmp6: 'icmp', nd: 'icmp' },
};

/** Which address of a packet a field is; undefined for one that is none. */
export function addressField(name: string): 'src' | 'dst' | undefined {
  const [, end] = /^ip[46]\.(src|dst)$/.exec(name) ?? [];
  return end as 'src' | 'dst' | undefined;
}

function numberOfIcmp(packet: Packet, part: string | undefined): number | undefined {
  if (part === 'type') return packet.icmpType;
  return part === 'code' && isOfOneCode(packet) ? 0 : undefined;
}

/** Whether a packet is an echo or of neighbour discovery, of which there is one code each (RFC 792, RFC 4443, RFC 4861). */
function isOfOneCode({ kind, icmpType: type = -1 }: Packet): boolean {
  return kind === 'ip6' ? type >= 128 && type <= 137 && (type < 130 || type > 132) : type === 0 || type === 8;
}

/** Protocol numbers (IANA, Protocol Numbers). */
export const numbers = { tcp: 6, udp: 17, sctp: 132 } as const;

/** The number in a field; undefined where it is not known. */
export function numberOf(packet: Packet, field: string): PortNumber | undefined {
  const { kind, protocol } = packet;
  if (field === 'eth.type') return etherTypes[kind];
  if (field === 'ip.proto' && protocol !== undefined && protocol !== 'other')
    return protocol === 'icmp' ? (kind === 'ip6' ? 58 : 1) : numbers[protocol];
  const [layer = '', part] = field.split('.');
  if (layers[layer] === undefined || layers[layer] !== protocol) return undefined;
  if (protocol === 'icmp') return numberOfIcmp(packet, part);
  return part === 'src' ? packet.fromPort : part === 'dst' ? packet.toPort : undefined;
}
