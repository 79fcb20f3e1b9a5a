import type { SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { Intent } from '../intent/intent.ts';
import { perObject } from '../memo/per-object.ts';
import { externalAddressesOf } from './external-address.ts';

/** What a router has learned about a neighbour and is wrong (SB MAC_Binding). */
export type StaleNeighbour = { readonly uuid: Uuid; readonly ip: string; readonly mac: string };

/**
 * MAC bindings of our external addresses that name another MAC than the one that answers now. A router keeps them until
 * they age, and OVN takes none away when an address moves: whoever is behind that router would go on talking to the
 * old place. An address that two external networks have is left alone: a row does not say which one it is of.
 */
export function staleNeighbours(intent: Intent, sb: Snapshot<SbTables>): readonly StaleNeighbour[] {
  if (!sb.tableNames.includes('MAC_Binding')) return [];
  const bindings = sb.table('MAC_Binding');
  if (bindings.size === 0) return [];
  const answering = answeringMacs(intent);
  return [...bindings].flatMap(({ _uuid: uuid, ip, mac }) => {
    const known = answering.get(ip);
    return known?.size === 1 && !known.has(mac.toLowerCase()) ? [{ uuid, ip, mac }] : [];
  });
}

type Answering = ReadonlyMap<string, ReadonlySet<string>>;

/** The MACs that answer, by address. */
const answeringMacs = perObject((intent: Intent): Answering => {
  const answering = new Map<string, ReadonlySet<string>>();
  for (const { ip, mac } of externalAddressesOf(intent))
    answering.set(ip, new Set([...(answering.get(ip) ?? []), mac]));
  return answering;
});
