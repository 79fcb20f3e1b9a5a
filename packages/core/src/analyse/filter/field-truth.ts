import type { Constant } from '../../match/condition.ts';
import { addressValue, isWithin, type Prefix, spanOf } from '../flows/address-text.ts';
import type { Packet, PortNumber } from './packet.ts';
import { lacks, numberOf, numbers } from './packet-field.ts';
import { anyOf, notOf, type Truth } from './truth.ts';

/** Whether the field of a packet is one of some values, or with `isNegated` none of them. */
export function compare(
  packet: Packet,
  field: string,
  constants: readonly Constant[],
  isNegated: boolean,
): Truth {
  if (lacks(packet, field)) return false;
  const bit = bitOf(field, constants);
  if (bit !== undefined) return holds(packet, field, isNegated === bit);
  const truth = anyOf(constants.map((constant) => isEqual(packet, field, constant)));
  return isNegated ? notOf(truth) : truth;
}

/** Which of two values `tcp == 1` or `ct.new == 0` asks for; undefined for what is no such question. */
function bitOf(field: string, [constant, ...others]: readonly Constant[]): boolean | undefined {
  const isBit = states.has(field) || plain.has(field) || field in protocols;
  if (!isBit || others.length > 0 || constant?.sort !== 'word') return undefined;
  return constant.text === '1' ? true : constant.text === '0' ? false : undefined;
}

const plain: ReadonlySet<string> = new Set(['ip', 'ip4', 'ip6', 'arp']);

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
  if (typeof value !== 'number') {
    const { lowest } = value;
    const isBelow = limit < lowest || (limit === lowest && isEqualToo === operator.startsWith('>'));
    return isBelow ? operator.startsWith('>') !== isNegated : undefined;
  }
  const isEnough = operator.startsWith('<') ? value < limit : value > limit;
  return (isEnough || (isEqualToo && value === limit)) !== isNegated;
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
  if (typeof value === 'number') return value === wanted;
  return wanted < value.lowest ? false : undefined;
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

/** Whether a symbol that stands alone holds: `ip4`, `tcp`. With `isNegated` whether it does not. */
export function holds(packet: Packet, symbol: string, isNegated: boolean): Truth {
  if (states.has(symbol)) return isInState(packet, symbol.slice(3), isNegated);
  const truth = plainly(packet, symbol);
  if (truth !== undefined) return isNegated ? !truth : truth;
  const kinds = protocols[symbol];
  if (kinds === undefined) return undefined;
  // Of these a match negates none: see matchFault.
  if (isNegated) return undefined;
  return kinds.includes(packet.kind) && isCarried(packet, symbol);
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
