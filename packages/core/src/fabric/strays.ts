import { type Cidr, type Ip, overlaps } from '@berth/net';
import { perObject } from '../memo/per-object.ts';
import { answeredAddresses } from './answered-addresses.ts';
import type { Fabric } from './fabric.ts';
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
  const { lingers = [], northbound, claims } = fabric;
  const frozen = frozenChassis(fabric);
  const marks = lingers.filter(({ chassis }) => frozen.has(chassis));
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

function strayKey({ ip, switchName, chassis, inner }: Stray): string {
  return `${ip} ${switchName} ${chassis} ${inner === undefined ? '' : innerKey(inner)}`;
}

/** Whether what is known of a stray leaves it open that packets of a network are its. */
export function touches({ ip, inner }: Stray, router: string, network: Cidr): boolean {
  if (inner === undefined) return ip.includes(':') === network.includes(':');
  return inner.router === router && overlaps(inner.network, network);
}
