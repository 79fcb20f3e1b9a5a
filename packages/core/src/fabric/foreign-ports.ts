import { ownerKey } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { compareText, rowsOf } from './tables.ts';

/** A logical switch port that no Berth made or took over. */
export type ForeignPort = { readonly name: string; readonly row: Uuid };

/** The ports of others on a switch that have addresses, by the address; of more than one, by name. */
export type ForeignAddresses = ReadonlyMap<Ip, readonly ForeignPort[]>;

/** Ports of others have no addresses. */
export const noForeignAddresses: ForeignAddresses = new Map();

/**
 * The addresses that ports of others have, by the name of the logical switch. A port that leads to a router is none of them: what is behind
 * it has its addresses in the rows of the router.
 */
export const foreignPortsOf = perObject((nb: Snapshot<NbTables>): ReadonlyMap<string, ForeignAddresses> => {
  const foreign = new Map<Uuid, SwitchPort>();
  for (const port of rowsOf(nb, 'Logical_Switch_Port'))
    if (!port.external_ids.has(ownerKey) && port.type !== 'router' && port.addresses.size > 0)
      foreign.set(port._uuid, port);
  const bySwitch = new Map<string, Map<Ip, readonly ForeignPort[]>>();
  // Most databases are looked through once only, as all that is in them is ours.
  if (foreign.size === 0) return bySwitch;
  for (const { name, ports } of rowsOf(nb, 'Logical_Switch')) {
    const held = [...ports].flatMap((uuid) => foreign.get(uuid) ?? []);
    for (const port of held) {
      const addresses = bySwitch.get(name) ?? new Map<Ip, readonly ForeignPort[]>();
      bySwitch.set(name, addresses);
      for (const ip of ipsOf(port)) addresses.set(ip, withPort(addresses.get(ip), port));
    }
  }
  return bySwitch;
});

type SwitchPort = NbTables['Logical_Switch_Port'];

function withPort(others: readonly ForeignPort[] = [], { name, _uuid: row }: SwitchPort) {
  return [...others, { name, row }].sort((left, right) => compareText(left.name, right.name));
}

/** The addresses that a row lists, and those that OVN chose for it (ovn-nb(5), Logical_Switch_Port addresses). */
const ipsOf = perObject(({ addresses, dynamic_addresses: given }: SwitchPort): ReadonlySet<Ip> => {
  const texts = [...addresses, given ?? ''].flatMap((text) => text.split(' '));
  return new Set(texts.flatMap((text) => parseIp(text) ?? []));
});
