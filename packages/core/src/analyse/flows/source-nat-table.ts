import { addressValue, networkPart, spanOf } from './address-text.ts';
import type { NatRule } from './nat-rule.ts';

/** The SNAT rows of a router by what they cover. */
export type SourceNatTable = {
  /** Names of the gateway ports that have any, sorted by the order of the rows. */
  readonly gatewayPorts: readonly string[];
  /**
   * The rows that translate an address, or a network, on its way out by a gateway port: those of the longest mask (ovn-nb(5), NAT logical_ip),
   * mostly one. With `shorterThan` those of the longest of the shorter masks.
   */
  find(gatewayPort: string, logicalIp: string, shorterThan?: number): readonly NatRule[];
};

/** By network as a number, for each prefix length, longest first. */
type Lengths = Map<number, Map<bigint, NatRule[]>>;

/** Indexes the SNAT rows that OVN heeds; `portOf` is the gateway port that one is entered under. */
export function sourceNatTable(
  rules: readonly NatRule[],
  portOf = ({ gatewayPort }: NatRule): string => gatewayPort?.name ?? '',
): SourceNatTable {
  const byPort = new Map<string, Record<32 | 128, Lengths>>();
  for (const rule of rules) {
    const span = spanOf(rule.logicalIp);
    const port = portOf(rule);
    if (span === undefined || rule.obstacle !== undefined) continue;
    const families = byPort.get(port) ?? { 32: new Map(), 128: new Map() };
    byPort.set(port, families);
    const lengths = families[span.bits === 32 ? 32 : 128];
    const networks = lengths.get(span.length) ?? new Map<bigint, NatRule[]>();
    lengths.set(span.length, networks);
    const same = networks.get(span.first);
    if (same) same.push(rule);
    else networks.set(span.first, [rule]);
  }
  for (const families of byPort.values()) {
    families[32] = longestFirst(families[32]);
    families[128] = longestFirst(families[128]);
  }
  return {
    gatewayPorts: [...byPort.keys()],
    find(gatewayPort, logicalIp, shorterThan = Number.POSITIVE_INFINITY) {
      const address = addressValue(logicalIp);
      const lengths = byPort.get(gatewayPort)?.[address?.bits === 128 ? 128 : 32];
      if (address === undefined || lengths === undefined) return [];
      for (const [length, networks] of lengths) {
        if (length >= shorterThan) continue;
        const found = networks.get(networkPart(address.value, { bits: address.bits, length }));
        if (found !== undefined) return found;
      }
      return [];
    },
  };
}

function longestFirst(lengths: Lengths): Lengths {
  return new Map([...lengths].sort(([left], [right]) => right - left));
}
