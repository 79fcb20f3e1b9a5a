import { ipOf } from '@berth/net';
import type { Comparison } from '../../match/condition.ts';
import { symbolNamed } from '../../match/symbols.ts';
import { isWithin, spanOf } from '../flows/address-text.ts';
import { isAllWithin, lowestFrom, oneOfEach } from './bit-runs.ts';
import { noBits } from './known-bits.ts';
import type { KnownBits, Packet, PortNumber, Protocol } from './packet.ts';
import { addressField, numberOf } from './packet-field.ts';

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
  return (
    packets ??
    withBits(packet, comparison) ??
    [true, false].map((holds) => assuming(packet, comparison.key, holds))
  );
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
  const end = addressField(symbol);
  if (end !== undefined) return end;
  const [, layer, part] = /^(tcp|udp|sctp|icmp[46])\.(src|dst|type)$/.exec(symbol) ?? [];
  if (layer === undefined) return undefined;
  if (part === 'type') return layer.startsWith('icmp') ? 'icmpType' : undefined;
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
  const lowest = BigInt(known?.lowest ?? 0);
  const numbers = comparisons.flatMap(({ constants }) =>
    constants.map((each) =>
      each.sort === 'word' && each.number.mask === undefined ? each.number.value : -1n,
    ),
  );
  if (numbers.includes(-1n)) return undefined;
  const bits = field === 'icmpType' ? 8 : 16;
  const cuts = [lowest, ...numbers.flatMap((each) => [each, each + 1n])].filter((each) => each >= lowest);
  const values = oneOfEach(cuts, bits, partOf(packet, comparisons[0]?.name));
  return values.length > mostValues
    ? undefined
    : values.map((each) => ({ ...packet, [field]: Number(each) }));
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
  const cuts = [...spans, ...notIn].flatMap((span) =>
    span?.bits === bits ? [span.first, span.first + (1n << BigInt(bits - span.length))] : [],
  );
  const values = oneOfEach([1n, ...cuts], bits, partOf(packet, comparisons[0]?.name));
  if (values.length > mostValues) return undefined;
  const family = bits === 128 ? 'IPv6' : 'IPv4';
  const found = values.flatMap((value) => {
    const ip = ipOf(family, value);
    const isMeant = ip !== undefined && !notIn.some((each) => isWithin(each, { value, bits }));
    return isMeant ? [{ ...packet, [field]: ip }] : [];
  });
  return found.length === 0 ? undefined : found;
}

/** What is known of some bits of a field. */
function partOf({ fields }: Packet, name = ''): KnownBits {
  return fields?.[name] ?? noBits;
}

/** Packets with the bits of each value that a comparison asks for, and all others. */
function withBits(packet: Packet, asked: Comparison): readonly Packet[] | undefined {
  const { name, bits, operator, constants, key } = asked;
  const width = symbolNamed(name)?.bits;
  const isStanding = operator === undefined;
  if (width === undefined || width === 1 || !(isStanding || operator === '==' || operator === '!='))
    return undefined;
  const numbers = isStanding
    ? [{ value: 0n, mask: undefined }]
    : constants.flatMap((each) => (each.sort === 'word' ? each.number : []));
  if (numbers.length < constants.length || numbers.length > mostValues) return undefined;
  const { low, high } = bits ?? { low: 0, high: width - 1 };
  const all = (1n << BigInt(high - low + 1)) - 1n;
  const having = numbers.flatMap(({ value, mask = -1n }) => {
    const known = (mask & all) << BigInt(low);
    return withPart(packet, name, { value: (value << BigInt(low)) & known, known });
  });
  return [...having, assuming(packet, key, isStanding)];
}

/** A packet with some bits of a field; none where it cannot have them. */
function withPart(packet: Packet, name: string, { value, known }: KnownBits): readonly Packet[] {
  const before = partOf(packet, name);
  if (((before.value ^ value) & before.known & known) !== 0n) return [];
  const part = { value: (before.value & before.known) | value, known: before.known | known };
  const lowest = numberOf(packet, name);
  if (typeof lowest === 'object' && lowestFrom(BigInt(lowest.lowest), 16, part) === undefined) return [];
  if (addressField(name) !== undefined && packet.notIn?.some((each) => isAllWithin(each, part))) return [];
  return [{ ...packet, fields: { ...packet.fields, [name]: part } }];
}

function assuming(packet: Packet, key: string, holds: boolean): Packet {
  return { ...packet, assumed: new Map([...(packet.assumed ?? []), [key, holds]]) };
}
