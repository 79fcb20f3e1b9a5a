import { parseMac } from '@berth/net';
import type { Fabric } from './fabric.ts';
import { macsOf } from './overtaken.ts';

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
  const marks = (fabric.lingers ?? []).filter((mark) => mark.chassis === chassis && mark.ip === ip);
  if (marks.length === 0) return 'never';
  const own: ReadonlySet<string | undefined> = new Set(port === undefined ? [] : macsOf(fabric, port));
  // A router's MAC does not say which workload is behind it.
  const shared = routerMacs(fabric);
  const isOwn = marks.some(
    ({ object, mac }) => object === undefined || objects.includes(object) || own.has(mac) || shared.has(mac),
  );
  return isOwn ? 'own' : 'another';
}

function routerMacs({ northbound }: Fabric): ReadonlySet<string | undefined> {
  const rows = northbound?.tableNames.includes('Logical_Router_Port')
    ? northbound.table('Logical_Router_Port')
    : [];
  return new Set([...rows].flatMap(({ mac }) => parseMac(mac) ?? []));
}
