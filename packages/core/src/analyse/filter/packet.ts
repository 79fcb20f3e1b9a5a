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
  /** Networks in which an address that is not known is not: its end is outside. */
  readonly notIn?: readonly Prefix[] | undefined;
};

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

/** Whether no packet of the kind has the field. */
export function lacks({ kind }: Packet, field: string): boolean {
  return prerequisites.some(([prefix, kinds]) => field.startsWith(prefix) && !kinds.includes(kind));
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
    case 'eth.type':
      return Number.isInteger(Number(constant.text))
        ? Number(constant.text) === etherTypes[packet.kind]
        : undefined;
    default:
      return undefined;
  }
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
  // Negation keeps what a symbol stands on (ovn-sb(5)): of these only their absence is sure.
  const kinds = protocols[symbol];
  return kinds !== undefined && !isNegated && !kinds.includes(packet.kind) ? false : undefined;
}

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
