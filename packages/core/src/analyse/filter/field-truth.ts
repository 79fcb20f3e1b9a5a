import type { Comparison, Constant } from '../../match/condition.ts';
import { isWithin, type Prefix, spanOf } from '../flows/address-text.ts';
import { type AskedBits, bitsAsked, isValue, numberAsked } from './known-bits.ts';
import type { Packet } from './packet.ts';
import { addressField, lacks, numberOf, numbers } from './packet-field.ts';
import { isAsPredicate, predicates } from './predicate-truth.ts';
import { anyOf, notOf, type Truth } from './truth.ts';

/** Whether the field of a packet is one of some values, or with `isNegated` none of them. */
export function compare(packet: Packet, asked: Comparison, isNegated: boolean): Truth {
  const bit = bitOf(asked);
  if (bit !== undefined) return holds(packet, asked, isNegated === bit);
  if (lacks(packet, asked.name)) return false;
  const bits = bitsAsked(packet, asked);
  const truth = anyOf(asked.constants.map((constant) => isEqual(packet, asked, constant, bits)));
  return isNegated ? notOf(truth) : truth;
}

/** Which of two values `tcp == 1` or `ct.new == 0` asks for; undefined for what is no such question. */
function bitOf({ symbol, constants: [constant, ...others] }: Comparison): boolean | undefined {
  const isBit = states.has(symbol) || plain.has(symbol) || symbol in protocols || symbol in predicates;
  if (!isBit || others.length > 0 || constant?.sort !== 'word') return undefined;
  return constant.text === '1' ? true : constant.text === '0' ? false : undefined;
}

const plain: ReadonlySet<string> = new Set(['ip', 'ip4', 'ip6', 'arp']);

/** Whether a number of a packet is on one side of another: `tcp.dst >= 1024`. */
export function isOrdered(packet: Packet, asked: Comparison, operator: string, isNegated: boolean): Truth {
  if (lacks(packet, asked.name)) return false;
  const [constant, ...others] = asked.constants;
  if (constant?.sort !== 'word' || others.length > 0) return undefined;
  const bits = bitsAsked(packet, asked);
  const value = bits && numberAsked(bits);
  const isEqualToo = operator.endsWith('=');
  if (bits === undefined || value === undefined) {
    const lowest = lowestOf(packet, asked);
    if (lowest === undefined) return undefined;
    const limit = Number(constant.number.value);
    const isBelow = limit < lowest || (limit === lowest && isEqualToo === operator.startsWith('>'));
    return isBelow ? operator.startsWith('>') !== isNegated : undefined;
  }
  const limit = constant.number.value & bits.all;
  const isEnough = operator.startsWith('<') ? value < limit : value > limit;
  return (isEnough || (isEqualToo && value === limit)) !== isNegated;
}

function isEqual(packet: Packet, asked: Comparison, constant: Constant, bits: AskedBits | undefined): Truth {
  if (constant.sort === 'unknown') return undefined;
  if (constant.sort === 'text') {
    const { name } = asked;
    if ((name !== 'inport' && name !== 'outport') || packet[name] === undefined) return undefined;
    return packet[name] === constant.text;
  }
  const truth = bits && isValue(bits, constant.number);
  if (truth !== undefined) return truth;
  const lowest = lowestOf(packet, asked);
  if (lowest !== undefined)
    return constant.number.mask === undefined && constant.number.value < lowest ? false : undefined;
  const isAddress = asked.bits === undefined && addressField(asked.name) !== undefined;
  return isAddress ? isElsewhere(packet, constant.text) : undefined;
}

/** The lowest number that a port may be which a client chose. */
function lowestOf(packet: Packet, { name, bits }: Comparison): number | undefined {
  const number = bits === undefined ? numberOf(packet, name) : undefined;
  return typeof number === 'object' ? number.lowest : undefined;
}

/** Of an address that is not known is known where it is not. */
function isElsewhere({ notIn = [] }: Packet, text: string): Truth {
  const network = spanOf(text);
  return network !== undefined && notIn.some((each) => isPart(network, each)) ? false : undefined;
}

function isPart({ first: value, bits, length }: Prefix, whole: Prefix): boolean {
  return length >= whole.length && isWithin(whole, { value, bits });
}

/** Whether a symbol that stands alone holds: `ip4`, `tcp`, `eth.dst[40]`. With `isNegated` whether it does not. */
export function holds(packet: Packet, asked: Comparison, isNegated: boolean): Truth {
  const { symbol } = asked;
  if (states.has(symbol)) return isInState(packet, symbol.slice(3), isNegated);
  const truth = plainly(packet, symbol);
  if (truth !== undefined) return isNegated ? !truth : truth;
  const predicate = predicates[symbol];
  if (predicate !== undefined) return isAsPredicate(packet, predicate, isNegated);
  const kinds = protocols[symbol];
  if (kinds === undefined) return isAnyBit(packet, asked, isNegated);
  // Of these a match negates none: see matchFault.
  if (isNegated) return undefined;
  return kinds.includes(packet.kind) && isCarried(packet, symbol);
}

/** Whether one of the bits is set: of one that stands alone, and of several that are negated. */
function isAnyBit(packet: Packet, asked: Comparison, isNegated: boolean): Truth {
  if (lacks(packet, asked.name)) return false;
  const bits = bitsAsked(packet, asked);
  const isNone = bits && isValue(bits, { value: 0n, mask: undefined });
  return isNegated ? isNone : notOf(isNone);
}

/** The bits of conntrack that have a symbol (ovn-sb(5), Logical_Flow match). */
const states: ReadonlySet<string> = new Set(
  ['trk', 'new', 'est', 'rel', 'rpl', 'inv', 'dnat', 'snat'].map((state) => `ct.${state}`),
);

/** Of what is not tracked no state holds, nor does its negation, which asks for a tracked one (ovn-sb(5)). */
function isInState({ ct }: Packet, state: string, isNegated: boolean): Truth {
  if (ct === undefined) return undefined;
  const isTracked = ct.includes('trk');
  if (state === 'trk') return isTracked !== isNegated;
  if (!isTracked) return false;
  return ct.some((each) => each === state) !== isNegated;
}

/** Whether a packet of the right family is what a symbol says. */
function isCarried({ protocol, icmpType }: Packet, symbol: string): Truth {
  if (protocol === undefined) return undefined;
  const carried = symbol in numbers ? symbol : 'icmp';
  if (protocol !== carried) return false;
  const types = messages[symbol];
  // Of how neighbours find each other nobody asks: that passes all ACLs.
  return types === undefined || (icmpType !== undefined && types.includes(icmpType));
}

/** Types of the ICMPv6 messages that have a symbol (ovn-sb(5)). */
const messages: Readonly<Record<string, readonly number[]>> = {
  ...{ nd: [135, 136], nd_ns: [135], nd_na: [136], nd_rs: [133], nd_ra: [134] },
  ...{ mldv1: [130, 131, 132], mldv2: [143] },
};

function plainly({ kind }: Packet, symbol: string): Truth {
  switch (symbol) {
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
