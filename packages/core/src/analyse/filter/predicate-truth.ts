import type { Comparison } from '../../match/condition.ts';
import { bitsAsked, isValue } from './known-bits.ts';
import type { Packet } from './packet.ts';
import { notOf, type Truth } from './truth.ts';

/** What a symbol stands for that is no field: its negation holds of packets without such a field as well. */
type Predicate = (Pick<Comparison, 'name' | 'bits'> & { readonly value: bigint }) | 'group' | 'fragment';

/**
 * Symbols for addresses of groups and for fragments (ovn-sb(5), Logical_Flow match). Of IP every packet that is meant goes from one end to one other;
 * whether it is in fragments is not known.
 */
export const predicates: Readonly<Record<string, Predicate>> = {
  'eth.bcast': { name: 'eth.dst', bits: undefined, value: 0xffff_ffff_ffffn },
  'eth.mcast': { name: 'eth.dst', bits: { low: 40, high: 40 }, value: 1n },
  'eth.mcastv6': { name: 'eth.dst', bits: { low: 32, high: 47 }, value: 0x3333n },
  ...alike('group', 'ip4.mcast', 'ip4.src_mcast', 'ip6.mcast', 'ip6.mcast_all_nodes', 'ip6.mcast_all_rtrs'),
  ...alike('group', 'ip6.mcast_sol_node', 'ip6.mcast_flood', 'ip6.mcast_rsvd'),
  ...alike('fragment', 'ip.is_frag', 'ip.later_frag', 'ip.first_frag'),
};

function alike(predicate: Predicate, ...symbols: readonly string[]): Readonly<Record<string, Predicate>> {
  return Object.fromEntries(symbols.map((symbol) => [symbol, predicate]));
}

export function isAsPredicate(packet: Packet, predicate: Predicate, isNegated: boolean): Truth {
  if (predicate === 'group') return isNegated;
  if (predicate === 'fragment') return packet.kind === 'arp' ? isNegated : undefined;
  const bits = bitsAsked(packet, predicate);
  const truth = bits && isValue(bits, { value: predicate.value, mask: undefined });
  return isNegated ? notOf(truth) : truth;
}
