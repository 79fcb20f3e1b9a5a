import { ownerKey } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import { changesBetween, emptySnapshot, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { compareText, rowsOf } from './tables.ts';

/** A logical switch port that no Berth made or took over. */
export type ForeignPort = { readonly name: string; readonly row: Uuid };

/** The ports of others on a switch that have addresses, by the address; of more than one, by name. */
export type ForeignAddresses = ReadonlyMap<Ip, readonly ForeignPort[]>;

/** Ports of others have no addresses. */
export const noForeignAddresses: ForeignAddresses = new Map();

/** By the name of the logical switch. */
type BySwitch = ReadonlyMap<string, ForeignAddresses>;

/**
 * The addresses that ports of others have, by the name of the logical switch. A port that leads to a router is none of them: what is behind
 * it has its addresses in the rows of the router. It costs what changed since the snapshot before of the same database, and is the very same
 * while that is nothing of others.
 */
export const foreignPortsOf = perObject((nb: Snapshot<NbTables>): BySwitch => {
  const last = lastOf(nb);
  const ports = new Map(last.ports);
  let isOther = false;
  for (const { table, changes } of changesBetween(last.nb, nb)) {
    if (table === 'Logical_Switch') isOther ||= ports.size > 0;
    if (table !== 'Logical_Switch_Port') continue;
    for (const { uuid, after } of changes) {
      const wasForeign = ports.delete(uuid);
      const row = after as SwitchPort | undefined;
      const isForeign = row !== undefined && hasForeignAddress(row);
      if (isForeign) ports.set(uuid, row);
      isOther ||= wasForeign || isForeign;
    }
  }
  const answer = isOther ? bySwitch(nb, ports) : last.answer;
  known.set(nb.schema, { nb, ports, answer });
  return answer;
});

/** A snapshot, with the ports of others in it. */
type Known = {
  readonly nb: Snapshot<NbTables>;
  readonly ports: ReadonlyMap<Uuid, SwitchPort>;
  readonly answer: BySwitch;
};

/** The last snapshot of each database, by its schema. */
const known = new WeakMap<object, Known>();

/** What is known of the database of a snapshot, as far as it has the same tables: of one that was not seen yet that it was empty. */
function lastOf({ schema, tableNames }: Snapshot<NbTables>): Known {
  const last = known.get(schema);
  if (last?.nb.tableNames.join() === tableNames.join()) return last;
  return { nb: emptySnapshot(schema, tableNames), ports: new Map(), answer: new Map() };
}

function hasForeignAddress({ external_ids, type, addresses }: SwitchPort): boolean {
  return !external_ids.has(ownerKey) && type !== 'router' && addresses.size > 0;
}

function bySwitch(nb: Snapshot<NbTables>, foreign: ReadonlyMap<Uuid, SwitchPort>): BySwitch {
  const found = new Map<string, Map<Ip, readonly ForeignPort[]>>();
  if (foreign.size === 0) return found;
  for (const { name, ports } of rowsOf(nb, 'Logical_Switch')) {
    for (const port of [...ports].flatMap((uuid) => foreign.get(uuid) ?? [])) {
      const addresses = found.get(name) ?? new Map<Ip, readonly ForeignPort[]>();
      found.set(name, addresses);
      for (const ip of ipsOf(port)) addresses.set(ip, withPort(addresses.get(ip), port));
    }
  }
  return found;
}

type SwitchPort = NbTables['Logical_Switch_Port'];

function withPort(others: readonly ForeignPort[] = [], { name, _uuid: row }: SwitchPort) {
  return [...others, { name, row }].sort((left, right) => compareText(left.name, right.name));
}

/** The addresses that a row lists, and those that OVN chose for it (ovn-nb(5), Logical_Switch_Port addresses). */
const ipsOf = perObject(({ addresses, dynamic_addresses: given }: SwitchPort): ReadonlySet<Ip> => {
  const texts = [...addresses, given ?? ''].flatMap((text) => text.split(' '));
  return new Set(texts.flatMap((text) => parseIp(text) ?? []));
});
