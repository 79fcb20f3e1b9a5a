import { parseIp, parseMac } from '@berth/net';
import type { SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import type { DataPlane, Fabric } from './fabric.ts';
import { changesOf, following } from './following.ts';
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

/**
 * The router ports that have learned of a neighbour; undefined where SB is read without them. It costs what changed since the snapshot before of the
 * same database, and is the very same while no port has its first neighbour or loses its last.
 */
export const learnedIn = perObject((sb: Snapshot<SbTables>): ReadonlySet<string> | undefined =>
  sb.tableNames.includes('MAC_Binding') ? followed(sb.schema, sb, {}).answer : undefined,
);

/** How many neighbours each router port has learned of, which goes on from snapshot to snapshot, and the answer. */
type Known = { readonly counts: Map<string, number>; readonly answer: ReadonlySet<string> };

const followed = following(
  (): Known => ({ counts: new Map(), answer: new Set() }),
  ({ counts, answer }, changed, _sb: Snapshot<SbTables>): Known => {
    const touched = new Set<string>();
    const count = (row: unknown, step: 1 | -1): void => {
      const { logical_port: port } = row as SbTables['MAC_Binding'];
      const now = (counts.get(port) ?? 0) + step;
      if (now === 0) counts.delete(port);
      else counts.set(port, now);
      touched.add(port);
    };
    for (const { before, after } of changesOf(changed, 'MAC_Binding')) {
      if (before) count(before, -1);
      if (after) count(after, 1);
    }
    const isOther = [...touched].some((port) => counts.has(port) !== answer.has(port));
    return { counts, answer: isOther ? new Set(counts.keys()) : answer };
  },
);

/**
 * Whether a router port has learned of no neighbour outside. What answers a router's question is learned where it comes in, so where a chassis
 * that stands still answers, nobody learns any more; and who is to be sent to is looked up on the node of the workload. That goes by SB, and where
 * it stands still itself by what it had then, which it keeps though SB forgets it (ovn-nb(5), `mac_binding_age_threshold`).
 */
export function knowsNobody(
  { claims, learned, learnedBy }: Pick<Fabric, 'claims' | 'learned' | 'learnedBy'>,
  routerPort: string,
  workload: string | undefined,
): boolean {
  const chassis = workload === undefined ? undefined : claims.get(workload);
  const ports = (chassis === undefined ? undefined : learnedBy?.get(chassis)) ?? learned;
  return ports !== undefined && !ports.has(routerPort);
}

function keyOf(routerPort: string, ip: string): string {
  return `${routerPort} ${ip}`;
}
