const nominal: ReadonlySet<string> = new Set([
  ...['inport', 'outport', 'eth.type'],
  ...['ip', 'ip4', 'ip6', 'ip.proto', 'ip.ttl', 'ip.dscp', 'ip.ecn'],
  ...['arp', 'arp.op', 'rarp', 'rarp.op'],
  ...['tcp', 'udp', 'sctp', 'icmp', 'icmp4', 'icmp6', 'igmp'],
  ...['icmp4.type', 'icmp4.code', 'icmp6.type', 'icmp6.code'],
  ...['nd', 'nd_ns', 'nd_na', 'nd_rs', 'nd_ra', 'mldv1', 'mldv2'],
]);

/**
 * Whether OVN lets a symbol be tested for equality only (ovn-sb(5), Logical_Flow match, nominal level): to a match that negates one or asks
 * whether it is less it gives no flow, so its row does nothing.
 */
export function isNominal(symbol: string): boolean {
  return nominal.has(symbol);
}
