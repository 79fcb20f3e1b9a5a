import type { Ip } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { addressesOf, type ForeignHolder, type HoldingRow, holderOf } from './foreign-holder.ts';
import { compareText, finderOf, heldRows, rowsOf } from './tables.ts';

/** Who of others has addresses on a switch, by the address; of more than one, by name. */
export type ForeignAddresses = ReadonlyMap<Ip, readonly ForeignHolder[]>;

/** By the name of the logical switch. */
export type BySwitch = ReadonlyMap<string, ForeignAddresses>;

/** Rows of others that have addresses. */
export type Foreign = ReadonlyMap<Uuid, Located>;

/** A row, with its table. */
export type Located = { readonly table: ForeignHolder['table']; readonly row: HoldingRow };

/** The names of router ports, by the switch's port that leads to each. */
export type Links = ReadonlyMap<Uuid, string>;

/** Notes that the row of a router, or a port of the switch, has its addresses there. */
type Note = (switchName: string, each: Located, router?: string) => void;

/**
 * The addresses of rows of others, by the switch. What a router translates and balances is answered on every switch that it has a port on,
 * as far as anybody there asks for it.
 */
export function bySwitch(nb: Snapshot<NbTables>, foreign: Foreign, links: Links): BySwitch {
  const found = new Map<string, Map<Ip, readonly ForeignHolder[]>>();
  if (foreign.size === 0) return found;
  const note: Note = (switchName, { table, row }, router) => {
    const addresses = found.get(switchName) ?? new Map<Ip, readonly ForeignHolder[]>();
    found.set(switchName, addresses);
    const holder = holderOf(table, row, router);
    for (const ip of addressesOf(table, row)) addresses.set(ip, withHolder(addresses.get(ip), holder));
  };
  const switchesOf = new Map<string, readonly string[]>();
  for (const { name, ports } of rowsOf(nb, 'Logical_Switch')) {
    for (const port of among(foreign, ports)) note(name, port);
    for (const link of among(links, ports)) switchesOf.set(link, [...(switchesOf.get(link) ?? []), name]);
  }
  noteRouters(nb, { foreign, switchesOf }, note);
  return found;
}

/** Notes what routers have, on the switches that they have ports on. */
function noteRouters(
  nb: Snapshot<NbTables>,
  {
    foreign,
    switchesOf,
  }: { readonly foreign: Foreign; readonly switchesOf: ReadonlyMap<string, readonly string[]> },
  note: Note,
): void {
  const portOf = finderOf(nb, 'Logical_Router_Port');
  const namesOf = (rows: readonly { readonly name: string }[]): readonly string[] =>
    rows.flatMap(({ name }) => switchesOf.get(name) ?? []);
  for (const router of rowsOf(nb, 'Logical_Router')) {
    for (const each of among(foreign, router.ports))
      for (const name of namesOf([each.row as NbTables['Logical_Router_Port']]))
        note(name, each, router.name);
    const others = [...among(foreign, router.nat), ...among(foreign, router.load_balancer)];
    if (others.length === 0) continue;
    for (const name of new Set(namesOf(heldRows(router.ports, portOf))))
      for (const each of others) note(name, each, router.name);
  }
}

/** What of a reference set is known. */
function among<T>(known: ReadonlyMap<Uuid, T>, held: Iterable<Uuid> | undefined): readonly T[] {
  return [...(held ?? [])].flatMap((uuid) => known.get(uuid) ?? []);
}

function withHolder(others: readonly ForeignHolder[] = [], holder: ForeignHolder): readonly ForeignHolder[] {
  return [...others, holder].sort((left, right) => compareText(left.name, right.name));
}
