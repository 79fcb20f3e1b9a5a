import { ipOf } from '@berth/net';
import type { Comparison } from '../../match/condition.ts';
import { isWithin, spanOf } from '../flows/address-text.ts';
import type { Packet, PortNumber, Protocol } from './packet.ts';

/**
 * The packets of which a comparison is known, together all that fit one of which it is not: one for each value, or run of values, that
 * makes a difference to any of the comparisons.
 */
export function narrowed(
  packet: Packet,
  comparison: Comparison,
  all: readonly Comparison[],
): readonly Packet[] {
  if (asksForProtocol(packet, comparison))
    return protocols.map((protocol) => ({ ...packet, protocol, ...(protocol === 'tcp' && packet.ofTcp) }));
  const field = fieldOf(comparison.symbol);
  const alike = all.filter(({ symbol }) => symbol === comparison.symbol);
  const packets =
    field === undefined
      ? undefined
      : field === 'src' || field === 'dst'
        ? withAddresses(packet, field, alike)
        : withNumbers(packet, field, alike);
  return packets ?? [true, false].map((holds) => assuming(packet, comparison.key, holds));
}

/** More values of one field are not told apart: each comparison is then taken to hold or not. */
const mostValues = 64;

const protocols: readonly Protocol[] = ['tcp', 'udp', 'sctp', 'icmp', 'other'];

const carried = /^(?:tcp|udp|sctp|icmp[46]?|nd(?:_[nr][sa])?|mldv[12]|ip\.proto)(?:\.|$)/;

function asksForProtocol({ protocol, kind }: Packet, { symbol }: Comparison): boolean {
  return protocol === undefined && kind !== 'arp' && carried.test(symbol);
}

type Field = 'src' | 'dst' | 'fromPort' | 'toPort' | 'icmpType';

function fieldOf(symbol: string): Field | undefined {
  const [, layer, part] = /^(ip[46]|tcp|udp|sctp|icmp[46])\.(src|dst|type)$/.exec(symbol) ?? [];
  if (layer === undefined) return undefined;
  if (part === 'type') return layer.startsWith('icmp') ? 'icmpType' : undefined;
  if (layer.startsWith('ip')) return part === 'src' ? 'src' : 'dst';
  return part === 'src' ? 'fromPort' : 'toPort';
}

/** Numbers at which a comparison may change, and the lowest of all. */
function withNumbers(
  packet: Packet,
  field: 'fromPort' | 'toPort' | 'icmpType',
  comparisons: readonly Comparison[],
): readonly Packet[] | undefined {
  const known: PortNumber | undefined = packet[field];
  if (typeof known === 'number') return undefined;
  const lowest = known?.lowest ?? 0;
  const numbers = comparisons.flatMap(({ constants }) =>
    constants.map((each) => (each.sort === 'word' ? Number(each.text) : Number.NaN)),
  );
  if (!numbers.every(Number.isInteger)) return undefined;
  const values = new Set([lowest, ...numbers.flatMap((each) => [each, each + 1])]);
  const highest = field === 'icmpType' ? 255 : 65_535;
  const meant = [...values].filter((each) => each >= lowest && each <= highest);
  return meant.length > mostValues ? undefined : meant.map((each) => ({ ...packet, [field]: each }));
}

/** Addresses at which a comparison may change, outside the networks in which the other end is not. */
function withAddresses(
  packet: Packet,
  field: 'src' | 'dst',
  comparisons: readonly Comparison[],
): readonly Packet[] | undefined {
  if (packet[field] !== undefined || packet.kind === 'arp') return undefined;
  const bits = packet.kind === 'ip6' ? 128 : 32;
  const texts = comparisons.flatMap(({ constants }) =>
    constants.map((each) => (each.sort === 'word' ? each.text : '')),
  );
  if (texts.length > mostValues) return undefined;
  const spans = texts.map(spanOf);
  if (!spans.every((span) => span?.bits === bits)) return undefined;
  const { notIn = [] } = packet;
  const values = new Set([1n]);
  for (const span of [...spans, ...notIn]) {
    if (span?.bits !== bits) continue;
    values.add(span.first);
    values.add(span.first + (1n << BigInt(bits - span.length)));
  }
  const family = bits === 128 ? 'IPv6' : 'IPv4';
  const found = [...values].flatMap((value) => {
    const ip = ipOf(family, value);
    const isMeant = ip !== undefined && !notIn.some((each) => isWithin(each, { value, bits }));
    return isMeant ? [{ ...packet, [field]: ip }] : [];
  });
  return found.length === 0 || found.length > mostValues ? undefined : found;
}

function assuming(packet: Packet, key: string, holds: boolean): Packet {
  return { ...packet, assumed: new Map([...(packet.assumed ?? []), [key, holds]]) };
}
