import { type AddressPair, type NodeOrder, pairsIn, pairsText } from '@berth/api';
import { perObject } from '../memo/per-object.ts';
import type { ExternalAddress } from './external-address.ts';

/** The addresses of one port, as an order names them. */
export type OrderedAddresses = NodeOrder['spec']['addresses'][number];

/**
 * The addresses by who answers for them: the port, its MAC and its network are said once for all that have them in common,
 * as the thousands of one gateway do. In one fixed order.
 */
export function orderedAddressesOf(
  addresses: readonly ExternalAddress[],
  isContested: (address: ExternalAddress) => boolean,
): readonly OrderedAddresses[] {
  return [...Map.groupBy(addresses, placeOf)].sort(byText).flatMap(([, all]) => together(all, isContested));
}

/** Addresses of one place as one entry; none of none. */
function together(
  all: readonly ExternalAddress[],
  isContested: (address: ExternalAddress) => boolean,
): readonly OrderedAddresses[] {
  const [first] = all;
  if (!first) return [];
  const { mac, network, vlanId, port } = first;
  const pairs = all.map(({ ip, logicalIp = '' }): AddressPair => [ip, logicalIp]);
  const contested = all.filter(isContested).map(({ ip }) => ip);
  return [
    {
      ...{ mac, network, vlanId, port, pairs: pairsText(pairs.sort(byText)) },
      ...(contested.length > 0 && { contested: contested.sort() }),
    },
  ];
}

const placeOf = perObject(({ network, vlanId, port, mac }: ExternalAddress): string =>
  [network, vlanId, port, mac].join('\0'),
);

function byText([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** How many addresses there are in all. */
export function countAddresses(entries: readonly OrderedAddresses[]): number {
  return entries.reduce((sum, { pairs }) => sum + pairsIn(pairs).length, 0);
}

/** What they take in an order, in bytes of JSON. */
export function sizeOfAddresses(entries: readonly OrderedAddresses[]): number {
  return entries.reduce((sum, each) => sum + textOf(each).length + 1, 0);
}

/** As many of them, in their order, as take `mostBytes` at most. */
export function fittingAddresses(
  entries: readonly OrderedAddresses[],
  mostBytes: number,
): readonly OrderedAddresses[] {
  let left = mostBytes;
  const fitting: OrderedAddresses[] = [];
  for (const entry of entries) {
    const size = textOf(entry).length + 1;
    const kept = size <= left ? entry : shortened(entry, left);
    if (kept) fitting.push(kept);
    if (kept !== entry) break;
    left -= size;
  }
  return fitting;
}

/** The entry with the first of its addresses; undefined where there is room for none. */
function shortened(entry: OrderedAddresses, mostBytes: number): OrderedAddresses | undefined {
  let left = mostBytes - JSON.stringify({ ...entry, pairs: '' }).length - 1;
  const kept = pairsIn(entry.pairs).filter((pair) => {
    // A space, and the end of a line as JSON has it.
    left -= pair.join('').length + 3;
    return left >= 0;
  });
  if (kept.length === 0) return undefined;
  const ips = new Set(kept.map(([ip]) => ip));
  const { contested, ...rest } = entry;
  return {
    ...{ ...rest, pairs: pairsText(kept) },
    ...(contested && { contested: contested.filter((ip) => ips.has(ip)) }),
  };
}

/** The JSON of an entry, worked out once for all nodes that are ordered it. */
export const textOf: (entry: OrderedAddresses) => string = perObject((entry) => JSON.stringify(entry));
