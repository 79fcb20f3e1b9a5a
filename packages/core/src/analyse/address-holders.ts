import type { Ip } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { addressesOf, type HoldingRow, holdingTables } from '../fabric/foreign-holder.ts';
import { heldBalancers } from '../fabric/held-balancers.ts';
import { finderOf, rowsOf } from '../fabric/tables.ts';
import { list } from '../finding/list.ts';

/** A row of NB that has an address, whoever made it. */
export type AddressHolder = {
  readonly table: (typeof holdingTables)[number];
  /** The name of the row; of a NAT row, which has none, its type. */
  readonly name: string;
  readonly row: Uuid;
  /** The router or the switch that has the row; undefined where none has. */
  readonly on: { readonly table: 'Logical_Router' | 'Logical_Switch'; readonly name: string } | undefined;
};

/** Every row of NB that has an address, also of addresses that nothing leads to from outside. */
export function addressHolders(nb: Snapshot<NbTables>, ip: Ip): readonly AddressHolder[] {
  const having = holdingTables.flatMap((table) =>
    [...rowsOf(nb, table)].filter((row) => addressesOf(table, row).has(ip)).map((row) => ({ table, row })),
  );
  if (having.length === 0) return [];
  const places = placesOf(nb);
  return having.map(({ table, row }) => ({
    ...{ table, row: row._uuid, name: nameOf(row), on: places.find(({ held }) => held.has(row._uuid))?.on },
  }));
}

function nameOf(row: HoldingRow): string {
  return 'name' in row ? row.name : row.type;
}

type Place = { readonly on: NonNullable<AddressHolder['on']>; readonly held: ReadonlySet<Uuid> };

function placesOf(nb: Snapshot<NbTables>): readonly Place[] {
  const groupOf = finderOf(nb, 'Load_Balancer_Group');
  const routers = [...rowsOf(nb, 'Logical_Router')].map((router): Place => {
    const { name, ports, nat } = router;
    const held = new Set<Uuid>([...ports, ...nat, ...heldBalancers(router, groupOf)]);
    return { on: { table: 'Logical_Router', name }, held };
  });
  const switches = [...rowsOf(nb, 'Logical_Switch')].map((one): Place => {
    const held = new Set<Uuid>([...one.ports, ...heldBalancers(one, groupOf)]);
    return { on: { table: 'Logical_Switch', name: one.name }, held };
  });
  return [...routers, ...switches];
}

const words: Readonly<Record<AddressHolder['table'], (name: string) => string>> = {
  Load_Balancer: (name) => `the virtual address of load-balancer ${name}`,
  Logical_Router_Port: (name) => `the address of router port ${name}`,
  Logical_Switch_Port: (name) => `the address of port ${name}`,
  NAT: (type) => `the external address of a NAT row (${type})`,
};

/** What an address is to the rows that have it, each of them once: `the address of router port r-s of router r`. */
export function holdersText(holders: readonly AddressHolder[]): string {
  return list([...new Set(holders.map(holderText))]);
}

function holderText({ table, name, on }: AddressHolder): string {
  const place = on && (on.table === 'Logical_Router' ? ` of router ${on.name}` : ` on switch ${on.name}`);
  return `${words[table](name)}${place ?? ', which no router and no switch has'}`;
}
