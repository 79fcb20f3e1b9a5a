import { type NodeOrder, pairsIn } from '@berth/api';

/** An address of the order. */
export type OrderedAddress = Omit<Entry, 'pairs' | 'contested'> & {
  readonly ip: string;
  /** The one address it stands for; undefined where it stands for several, or for a router itself. */
  readonly logicalIp?: string | undefined;
  /** Another node may answer for it as well. */
  readonly isContested?: boolean | undefined;
};

type Entry = NodeOrder['spec']['addresses'][number];

/** The addresses of an order one by one, worked out once for the same list. */
export function addressesIn(entries: readonly Entry[]): readonly OrderedAddress[] {
  const known = listed.get(entries);
  if (known) return known;
  const all = entries.flatMap(({ pairs, contested, ...place }) => {
    const disputed = new Set(contested);
    return pairsIn(pairs).map(([ip, logicalIp]) => ({
      ...{ ...place, ip },
      ...(logicalIp !== '' && { logicalIp }),
      ...(disputed.has(ip) && { isContested: true }),
    }));
  });
  listed.set(entries, all);
  return all;
}

const listed = new WeakMap<readonly Entry[], readonly OrderedAddress[]>();

/** What changed between the addresses that a node answered for and those that it answers for now. */
export type Duties = {
  /** The addresses that it answers for now. */
  readonly held: readonly OrderedAddress[];
  /** Those of them to be announced: new here, at another MAC address or on another VLAN than before, or contested no more. */
  readonly announced: readonly OrderedAddress[];
  /** Addresses whose connections are to be ended: lost, or they stand for something else now. */
  readonly flushed: readonly OrderedAddress[];
};

/**
 * What is to be done about addresses. Only those that stand for one other address are ever flushed: behind the others,
 * of routers and of SNAT, are connections of many, which OVN takes up again when the address comes back.
 */
export function dutiesOf(
  before: readonly OrderedAddress[],
  ordered: readonly OrderedAddress[],
  claimed: ReadonlySet<string>,
): Duties {
  const held = ordered.filter(({ port }) => claimed.has(port));
  const heldBefore = new Map(before.map((address) => [address.ip, address]));
  const heldNow = new Map(held.map((address) => [address.ip, address]));
  return {
    held,
    announced: held.filter((address) => {
      const known = heldBefore.get(address.ip);
      return !isWhereItWas(address, known) || (known?.isContested && !address.isContested);
    }),
    flushed: before.filter(
      ({ ip, logicalIp }) => logicalIp !== undefined && heldNow.get(ip)?.logicalIp !== logicalIp,
    ),
  };
}

/** Whether neighbours that know where the address was know where it is. */
export function isWhereItWas(address: OrderedAddress, before: OrderedAddress | undefined): boolean {
  return (
    before !== undefined &&
    before.mac === address.mac &&
    before.network === address.network &&
    before.vlanId === address.vlanId
  );
}
