import { addressValue, isWithin, type Prefix, spanOf } from '../flows/address-text.ts';
import { anyOf, notOf, type Truth } from './truth.ts';

/** Packets of which only so much is known: any that fit are meant. Undefined is not known. */
export type Packet = {
  readonly kind: 'ip4' | 'ip6' | 'arp';
  readonly inport?: string | undefined;
  readonly outport?: string | undefined;
  /** Addresses of the IP header. */
  readonly src?: string | undefined;
  readonly dst?: string | undefined;
  /** What it carries; undefined is any. */
  readonly protocol?: Protocol | undefined;
  /** Ports of TCP, UDP and SCTP. Of a port that a client chose itself it is known that it is above those of services. */
  readonly fromPort?: PortNumber | undefined;
  readonly toPort?: PortNumber | undefined;
  /** The type of an ICMP packet. */
  readonly icmpType?: number | undefined;
  /** Networks in which an address that is not known is not: its end is outside. */
  readonly notIn?: readonly Prefix[] | undefined;
};

export type Protocol = 'tcp' | 'udp' | 'sctp' | 'icmp';

export type PortNumber = number | 'ephemeral';

/** The lowest port that a client chooses (RFC 6056, section 2.1). */
const ephemeral = 1_024;

/** A value that a match compares a field with. */
export type Constant =
  | { readonly sort: 'text'; readonly text: string }
  | { readonly sort: 'word'; readonly text: string }
  /** A set that NB has no row of. */
  | { readonly sort: 'unknown' };

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

/** Whether the field of a packet is one of some values, or with `isNegated` none of them. */
export function compare(
  packet: Packet,
  field: string,
  constants: readonly Constant[],
  isNegated: boolean,
): Truth {
  if (lacks(packet, field)) return false;
  const truth = anyOf(constants.map((constant) => isEqual(packet, field, constant)));
  return isNegated ? notOf(truth) : truth;
}

/** Whether a number of a packet is on one side of another: `tcp.dst >= 1024`. */
export function isOrdered(
  packet: Packet,
  field: string,
  operator: string,
  [constant, ...others]: readonly Constant[],
  isNegated: boolean,
): Truth {
  if (lacks(packet, field)) return false;
  const value = numberOf(packet, field);
  const limit = constant?.sort === 'word' ? Number(constant.text) : Number.NaN;
  if (value === undefined || others.length > 0 || !Number.isInteger(limit)) return undefined;
  const isEqualToo = operator.endsWith('=');
  if (value === 'ephemeral') {
    const isBelow = limit < ephemeral || (limit === ephemeral && isEqualToo === operator.startsWith('>'));
    return isBelow ? operator.startsWith('>') !== isNegated : undefined;
  }
  const isEnough = operator.startsWith('<') ? value < limit : value > limit;
  return (isEnough || (isEqualToo && value === limit)) !== isNegated;
}

/** Whether no packet of the kind and protocol has the field. */
function lacks({ kind, protocol }: Packet, field: string): boolean {
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

/** Protocol numbers (IANA, Protocol Numbers). */
const numbers = { tcp: 6, udp: 17, sctp: 132 } as const;

/** The number in a field; undefined where it is not known. */
function numberOf(packet: Packet, field: string): PortNumber | undefined {
  const { kind, protocol } = packet;
  if (field === 'eth.type') return etherTypes[kind];
  if (field === 'ip.proto' && protocol !== undefined)
    return protocol === 'icmp' ? (kind === 'ip6' ? 58 : 1) : numbers[protocol];
  const [layer = '', part] = field.split('.');
  if (layers[layer] === undefined || layers[layer] !== protocol) return undefined;
  if (protocol === 'icmp') return part === 'type' ? packet.icmpType : undefined;
  return part === 'src' ? packet.fromPort : part === 'dst' ? packet.toPort : undefined;
}

function isEqual(packet: Packet, field: string, constant: Constant): Truth {
  if (constant.sort === 'unknown') return undefined;
  switch (field) {
    case 'inport':
    case 'outport':
      return packet[field] === undefined || constant.sort !== 'text'
        ? undefined
        : packet[field] === constant.text;
    case 'ip4.src':
    case 'ip6.src':
      return isAmong(packet, packet.src, constant.text);
    case 'ip4.dst':
    case 'ip6.dst':
      return isAmong(packet, packet.dst, constant.text);
    default:
      return isNumber(numberOf(packet, field), Number(constant.text));
  }
}

function isNumber(value: PortNumber | undefined, wanted: number): Truth {
  if (value === undefined || !Number.isInteger(wanted)) return undefined;
  return value === 'ephemeral' ? (wanted < ephemeral ? false : undefined) : value === wanted;
}

function isAmong({ notIn = [] }: Packet, address: string | undefined, text: string): Truth {
  const network = spanOf(text);
  if (network === undefined) return undefined;
  if (address === undefined) return notIn.some((each) => isPart(network, each)) ? false : undefined;
  const value = addressValue(address);
  return value === undefined ? undefined : isWithin(network, value);
}

function isPart({ first: value, bits, length }: Prefix, whole: Prefix): boolean {
  return length >= whole.length && isWithin(whole, { value, bits });
}

/** Whether a symbol that stands alone holds: `ip4`, `tcp`, `1`. With `isNegated` whether it does not. */
export function holds(packet: Packet, symbol: string, isNegated: boolean): Truth {
  const truth = plainly(packet, symbol);
  if (truth !== undefined) return isNegated ? !truth : truth;
  const kinds = protocols[symbol];
  if (kinds === undefined) return undefined;
  // Negation keeps what a symbol stands on (ovn-sb(5)): of a packet of another family only the absence is sure.
  if (!kinds.includes(packet.kind)) return isNegated ? undefined : false;
  const carried = isCarried(packet, symbol);
  return isNegated && symbol in messages
    ? undefined
    : carried === undefined
      ? undefined
      : carried !== isNegated;
}

/** Whether a packet of the right family is what a symbol says. */
function isCarried({ protocol, icmpType }: Packet, symbol: string): Truth {
  if (protocol === undefined) return undefined;
  const carried = symbol in numbers ? symbol : 'icmp';
  if (protocol !== carried) return false;
  const types = messages[symbol];
  return types === undefined ? true : icmpType === undefined ? undefined : types.includes(icmpType);
}

/** Types of the ICMPv6 messages that have a symbol (ovn-sb(5)). */
const messages: Readonly<Record<string, readonly number[]>> = {
  ...{ nd: [135, 136], nd_ns: [135], nd_na: [136], nd_rs: [133], nd_ra: [134] },
  ...{ mldv1: [130, 131, 132], mldv2: [143] },
};

function plainly({ kind }: Packet, symbol: string): Truth {
  switch (symbol) {
    case '1':
      return true;
    case '0':
      return false;
    case 'ip':
      return kind !== 'arp';
    case 'ip4':
    case 'ip6':
    case 'arp':
      return kind === symbol;
    default:
      return undefined;
  }
}

const protocols: Readonly<Record<string, readonly Packet['kind'][]>> = {
  ...Object.fromEntries(['tcp', 'udp', 'sctp', 'icmp'].map((name) => [name, ['ip4', 'ip6']])),
  icmp4: ['ip4'],
  ...Object.fromEntries(
    ['icmp6', 'nd', 'nd_ns', 'nd_na', 'nd_rs', 'nd_ra', 'mldv1', 'mldv2'].map((name) => [name, ['ip6']]),
  ),
};
