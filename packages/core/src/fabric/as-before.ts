import { parseMac } from '@berth/net';
import { perObject } from '../memo/per-object.ts';
import type { Fabric } from './fabric.ts';
import { lingersOf } from './former-roles.ts';
import type { LingerMark } from './linger-mark.ts';
import { macsOf } from './switch-port.ts';
import { rowsOf } from './tables.ts';

/** An address of a rule: whose it is, and the port of the workload it leads to. */
export type OwnedAddress = {
  readonly ip: string;
  /** The objects behind its rows, as `formatRef` writes them. */
  readonly objects: readonly string[];
  readonly port: string | undefined;
};

/** What a chassis that stands still had of an address when it stopped, as the marks of addresses that were taken tell (`LingerMark`). */
export type Former =
  /** It never had the address, so it answers for it no more than it delivers it. */
  | 'never'
  /** It had it for another workload, and goes on answering. */
  | 'another'
  /** It had it for this object or workload, or nobody knows for which: by the flows of then packets may come through. */
  | 'own';

/** Only of chassis that lack rows of the address: what a chassis has been given and not lost leaves no mark. */
export function formerAt(fabric: Fabric, chassis: string, { ip, objects, port }: OwnedAddress): Former {
  const marks = marksByPlace(fabric).get(placeOf({ chassis, ip }));
  if (marks === undefined) return 'never';
  const own: ReadonlySet<string | undefined> = new Set(port === undefined ? [] : macsOf(fabric, port));
  // A router's MAC does not say which workload is behind it.
  const shared = routerMacs(fabric);
  const isOwn = marks.some(
    ({ object, mac }) => object === undefined || objects.includes(object) || own.has(mac) || shared.has(mac),
  );
  return isOwn ? 'own' : 'another';
}

const marksByPlace = perObject(
  (fabric: Fabric): ReadonlyMap<string, readonly LingerMark[]> => Map.groupBy(lingersOf(fabric), placeOf),
);

function placeOf({ chassis, ip }: { readonly chassis: string; readonly ip: string }): string {
  return `${ip} ${chassis}`;
}

const routerMacs = perObject(({ northbound }: Fabric): ReadonlySet<string | undefined> => {
  const rows = northbound ? rowsOf(northbound, 'Logical_Router_Port') : [];
  return new Set([...rows].flatMap(({ mac }) => parseMac(mac) ?? []));
});
