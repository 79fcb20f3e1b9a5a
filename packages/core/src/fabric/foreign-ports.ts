import { ownerKey } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import { changesBetween, emptySnapshot, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { areComparable, compareText, rowsOf } from './tables.ts';

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
  const { nb: before, ports, switches, answer: last } = lastOf(nb);
  const changed = new Set<Uuid>();
  const touched = new Map<Uuid, Switch | undefined>();
  for (const { table, changes } of changesBetween(before, nb)) {
    for (const { uuid, after } of changes) {
      if (table === 'Logical_Switch') touched.set(uuid, after as Switch | undefined);
      if (table === 'Logical_Switch_Port' && follow(ports, uuid, after as SwitchPort | undefined))
        changed.add(uuid);
    }
  }
  const rows = changed.size === 0 ? [] : rowsOf(nb, 'Logical_Switch');
  for (const row of rows)
    if (!touched.has(row._uuid) && isMet(row.ports, changed)) touched.set(row._uuid, row);
  const others = [...touched].filter(([uuid, row]) => isOther(switches, uuid, row && heldBy(row, ports)));
  const answer = others.length === 0 ? last : bySwitch(nb, switches);
  known.set(nb.schema, { nb, ports, switches, answer });
  return answer;
});

type Switch = NbTables['Logical_Switch'];

/** The ports of others on a switch, with its name. */
type Held = {
  readonly name: string;
  readonly ports: readonly SwitchPort[];
  readonly addresses: ForeignAddresses;
};

/** A snapshot, with the ports of others in it: they and the switches that have some go on with it from snapshot to snapshot. */
type Known = {
  readonly nb: Snapshot<NbTables>;
  readonly ports: Map<Uuid, SwitchPort>;
  readonly switches: Map<Uuid, Held>;
  readonly answer: BySwitch;
};

/** The last snapshot of each database, by its schema. */
const known = new WeakMap<object, Known>();

/** What is known of the database of a snapshot, as far as it has the same tables: of one that was not seen yet that it was empty. */
function lastOf(nb: Snapshot<NbTables>): Known {
  const { schema, tableNames } = nb;
  const last = known.get(schema);
  if (last && areComparable(last.nb, nb)) return last;
  return { nb: emptySnapshot(schema, tableNames), ports: new Map(), switches: new Map(), answer: new Map() };
}

/** Enters how a port is now; whether it is, or was, one of others. */
function follow(ports: Map<Uuid, SwitchPort>, uuid: Uuid, row: SwitchPort | undefined): boolean {
  const was = ports.delete(uuid);
  const is = row !== undefined && hasForeignAddress(row);
  if (is) ports.set(uuid, row);
  return was || is;
}

function hasForeignAddress({ external_ids, type, addresses }: SwitchPort): boolean {
  return !external_ids.has(ownerKey) && type !== 'router' && addresses.size > 0;
}

/** Whether two sets have something in common. */
function isMet(left: ReadonlySet<Uuid>, right: ReadonlySet<Uuid>): boolean {
  const [few, many] = left.size < right.size ? [left, right] : [right, left];
  for (const each of few) if (many.has(each)) return true;
  return false;
}

/** What a switch has of ports of others; undefined where it has none. */
function heldBy({ name, ports: own }: Switch, foreign: ReadonlyMap<Uuid, SwitchPort>): Held | undefined {
  const ports = [...own].flatMap((uuid) => foreign.get(uuid) ?? []);
  if (ports.length === 0) return undefined;
  const addresses = new Map<Ip, readonly ForeignPort[]>();
  for (const port of ports)
    for (const ip of ipsOf(port)) addresses.set(ip, withPort(addresses.get(ip), port));
  return { name, ports, addresses };
}

/** Enters what a switch has now; whether that is something else than before. */
function isOther(switches: Map<Uuid, Held>, uuid: Uuid, now: Held | undefined): boolean {
  const before = switches.get(uuid);
  const isSame =
    before?.name === now?.name &&
    before?.ports.length === now?.ports.length &&
    (before?.ports.every((port, place) => port === now?.ports[place]) ?? true);
  if (isSame) return false;
  if (now === undefined) switches.delete(uuid);
  else switches.set(uuid, now);
  return true;
}

/** Switches with the same name are one. */
function bySwitch(nb: Snapshot<NbTables>, switches: ReadonlyMap<Uuid, Held>): BySwitch {
  const found = new Map<string, ForeignAddresses>();
  if (switches.size === 0) return found;
  for (const { _uuid: uuid } of rowsOf(nb, 'Logical_Switch')) {
    const held = switches.get(uuid);
    if (held === undefined || held.addresses.size === 0) continue;
    const before = found.get(held.name);
    found.set(held.name, before === undefined ? held.addresses : together(before, held.ports));
  }
  return found;
}

function together(addresses: ForeignAddresses, ports: readonly SwitchPort[]): ForeignAddresses {
  const all = new Map(addresses);
  for (const port of ports) for (const ip of ipsOf(port)) all.set(ip, withPort(all.get(ip), port));
  return all;
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
