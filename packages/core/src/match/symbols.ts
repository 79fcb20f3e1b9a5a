/** What OVN knows of a symbol that a match may compare. */
export type MatchSymbol = {
  /** How many bits it has; undefined for one that is compared with text. */
  readonly bits: number | undefined;
  /** Whether OVN lets it be tested for equality only, and only positively (ovn-sb(5), Logical_Flow match, nominal level). */
  readonly isNominal: boolean;
};

const nominalText = ['inport', 'outport'];

/** Symbols by their bits. */
const nominal: Readonly<Record<number, string>> = {
  1: 'ip ip4 ip6 arp rarp tcp udp sctp icmp icmp4 icmp6 igmp nd nd_ns nd_na nd_rs nd_ra mldv1 mldv2',
  8: 'ip.proto ip.ttl icmp4.type icmp4.code icmp6.type icmp6.code',
  16: 'eth.type arp.op rarp.op',
  6: 'ip.dscp',
  2: 'ip.ecn',
};

const ordinal: Readonly<Record<number, string>> = {
  1: [
    'eth.bcast eth.mcast eth.mcastv6 vlan.present ip.is_frag ip.later_frag ip.first_frag',
    'ip4.mcast ip4.src_mcast ip6.mcast ip6.mcast_all_nodes ip6.mcast_all_rtrs ip6.mcast_sol_node ip6.mcast_flood ip6.mcast_rsvd',
    'ct.trk ct.new ct.est ct.rel ct.rpl ct.inv ct.dnat ct.snat',
    'ct_mark.blocked ct_mark.natted ct_label.blocked ct_label.natted',
    'flags.loopback',
  ].join(' '),
  2: 'ip.frag',
  3: 'vlan.pcp',
  12: 'vlan.vid tcp.flags',
  16: 'vlan.tci tcp.src tcp.dst udp.src udp.dst sctp.src sctp.dst',
  20: 'ip6.label',
  32: [
    'ip4.src ip4.dst arp.spa arp.tpa rarp.spa rarp.tpa pkt.mark ct_mark ct_state',
    'reg0 reg1 reg2 reg3 reg4 reg5 reg6 reg7 reg8 reg9',
  ].join(' '),
  48: 'eth.src eth.dst arp.sha arp.tha rarp.sha rarp.tha nd.sll nd.tll',
  64: 'xreg0 xreg1 xreg2 xreg3 xreg4',
  128: 'ip6.src ip6.dst nd.target ct_label xxreg0 xxreg1',
};

const known: ReadonlyMap<string, MatchSymbol> = new Map([
  ...nominalText.map((name) => [name, { bits: undefined, isNominal: true }] as const),
  ...symbolsOf(nominal, true),
  ...symbolsOf(ordinal, false),
]);

function symbolsOf(
  names: Readonly<Record<number, string>>,
  isNominal: boolean,
): readonly (readonly [string, MatchSymbol])[] {
  return Object.entries(names).flatMap(([bits, words]) =>
    words.split(' ').map((name) => [name, { bits: Number(bits), isNominal }] as const),
  );
}

/** A symbol of a header, of conntrack or of a register by its name; undefined for one that OVN 23.03 does not have, or has for itself alone. */
export function symbolNamed(name: string): MatchSymbol | undefined {
  return known.get(name);
}

/** What OVN 23.03 knows beside for what it does itself: of these only the names are known. */
const internal = /^(?:flags|ct_label|ct_mark|icmp4|icmp6)(?:\.[a-z_]+)?$/;

/** Whether OVN 23.03 may know a symbol: false only for one that it surely does not. */
export function mayBeSymbol(name: string): boolean {
  return known.has(name) || internal.test(name);
}
