/** One entry of `external_ids:ovn-bridge-mappings` (ovn-controller(8)). */
export type BridgeMapping = { readonly network: string; readonly bridge: string };

/** The entries of a list `NETWORK:BRIDGE[,…]`. What is no such pair is left out. */
export function parseMappings(text: string): readonly BridgeMapping[] {
  return entriesOf(text).flatMap((entry) => {
    const { network, bridge } = read(entry);
    return bridge === '' ? [] : [{ network, bridge }];
  });
}

/**
 * The list with our entries as wanted. Entries that are not ours stay as they are, where they are; an entry is ours if
 * its bridge is. New ones come last, in name order.
 */
export function mergeMappings(
  text: string,
  wanted: readonly BridgeMapping[],
  isOurBridge: (bridge: string) => boolean,
): string {
  const missing = new Set(wanted.map(write));
  const kept = entriesOf(text).filter((entry) => !isOurBridge(read(entry).bridge) || missing.delete(entry));
  return [...kept, ...[...missing].sort()].join(',');
}

function entriesOf(text: string): readonly string[] {
  return text.split(',').flatMap((entry) => entry.trim() || []);
}

function read(entry: string): BridgeMapping {
  const colon = entry.indexOf(':');
  return colon < 0
    ? { network: entry, bridge: '' }
    : { network: entry.slice(0, colon), bridge: entry.slice(colon + 1) };
}

function write({ network, bridge }: BridgeMapping): string {
  return `${network}:${bridge}`;
}
