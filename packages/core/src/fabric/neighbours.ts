import { parseIp, parseMac } from '@berth/net';
import type { SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import type { DataPlane, Fabric } from './fabric.ts';
import { rowsOf } from './tables.ts';

/** Which MAC answered a router for an address, by router port and address (ovn-sb(5), MAC_Binding). */
export function neighboursOf(sb: Snapshot<SbTables>): ReadonlyMap<string, string> {
  const neighbours = new Map<string, string>();
  for (const { logical_port, ip, mac } of rowsOf(sb, 'MAC_Binding'))
    neighbours.set(keyOf(logical_port, parseIp(ip) ?? ip), parseMac(mac) ?? mac);
  return neighbours;
}

/**
 * The MAC that answered on the network of a router port for an address that NB gives to no port there: what a router learned does not
 * age by itself. Undefined where nobody has answered yet.
 */
export function neighbourOf(
  plane: Pick<DataPlane, 'neighbours'> | undefined,
  routerPort: string,
  ip: string,
): string | undefined {
  return plane?.neighbours?.get(keyOf(routerPort, ip));
}

/** The router ports that have learned of a neighbour; undefined where SB is read without them. */
export const learnedIn = perObject((sb: Snapshot<SbTables>): ReadonlySet<string> | undefined =>
  sb.tableNames.includes('MAC_Binding')
    ? new Set([...sb.table('MAC_Binding')].map(({ logical_port }) => logical_port))
    : undefined,
);

/**
 * Whether a router port has learned of no neighbour outside. A chassis that stands still learns of none any more, so that it has nobody to
 * send to.
 */
export function knowsNobody({ learned }: Pick<Fabric, 'learned'>, routerPort: string): boolean {
  return learned !== undefined && !learned.has(routerPort);
}

function keyOf(routerPort: string, ip: string): string {
  return `${routerPort} ${ip}`;
}
