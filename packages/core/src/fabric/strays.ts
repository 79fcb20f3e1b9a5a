import { type Cidr, familyOf, hostCidr, type Ip, networkAddress, overlaps } from '@berth/net';
import { perObject } from '../memo/per-object.ts';
import { answeredAddresses } from './answered-addresses.ts';
import type { Fabric } from './fabric.ts';
import { lingersOf } from './former-roles.ts';
import { frozenChassis } from './frozen.ts';
import { type Inner, innerKey } from './linger-inner.ts';

/**
 * Packets that a chassis which stands still goes on translating to an address that was taken from it, as nothing of NB has it translate them by now.
 * Unlike what lives on (`Lingering`) it may be an address that the chassis is to answer for again, for others.
 */
export type Stray = {
  readonly chassis: string;
  readonly ip: Ip;
  readonly switchName: string;
  /** Whose packets; undefined where that is not known. */
  readonly inner: Inner | undefined;
};

/** What chassis that stand still go on translating, of all marks that there are. */
export const straysIn = perObject((fabric: Fabric): readonly Stray[] => {
  const { northbound, claims } = fabric;
  const frozen = frozenChassis(fabric);
  const marks = lingersOf(fabric).filter(({ chassis }) => frozen.has(chassis));
  if (marks.length === 0) return [];
  const ips: ReadonlySet<Ip> = new Set(marks.map(({ ip }) => ip));
  const present = new Set(
    (northbound ? answeredAddresses(northbound, claims) : []).flatMap(({ ip, switchName, chassis, inner }) =>
      ips.has(ip) ? inner.map((each) => strayKey({ ip, switchName, chassis, inner: each })) : [],
    ),
  );
  return marks
    .flatMap(({ ip, switchName, chassis, inner = [undefined] }) =>
      inner.map((each): Stray => ({ ip, switchName, chassis, inner: each })),
    )
    .filter((stray) => !present.has(strayKey(stray)));
});

/** The same by chassis, switch and whose they may be: of a family where that is not known, else of a router, and of one address there. */
const straysByPlace = perObject(
  (fabric: Fabric): ReadonlyMap<string, readonly Stray[]> =>
    Map.groupBy(straysIn(fabric), (stray) => `${placeOf(stray)} ${whoseOf(stray)}`),
);

function placeOf({ chassis, switchName }: Pick<Stray, 'chassis' | 'switchName'>): string {
  return `${chassis} ${switchName}`;
}

function whoseOf({ ip, inner }: Stray): string {
  if (inner === undefined) return familyOf(ip);
  const { router, network } = inner;
  return hostCidr(networkAddress(network)) === network ? `${router} ${network}` : router;
}

/** Those that may take packets of an address. There may be as many strays as addresses, and as many senders ask. */
export function straysNear(
  fabric: Fabric,
  place: Pick<Stray, 'chassis' | 'switchName'>,
  router: string,
  address: Ip,
): readonly Stray[] {
  const at = (whose: string): readonly Stray[] =>
    straysByPlace(fabric).get(`${placeOf(place)} ${whose}`) ?? [];
  // Of those that may be anybody's one is as good as another.
  return [...at(familyOf(address)).slice(0, 1), ...at(router), ...at(`${router} ${hostCidr(address)}`)];
}

function strayKey({ ip, switchName, chassis, inner }: Stray): string {
  return `${ip} ${switchName} ${chassis} ${inner === undefined ? '' : innerKey(inner)}`;
}

/** Whether what is known of a stray leaves it open that packets of a network are its. */
export function touches({ ip, inner }: Stray, router: string, network: Cidr): boolean {
  if (inner === undefined) return ip.includes(':') === network.includes(':');
  return inner.router === router && overlaps(inner.network, network);
}
