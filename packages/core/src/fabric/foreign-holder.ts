import { ownerKey } from '@berth/api';
import { type Ip, parseEndpoint, parseInterfaceAddress, parseIp } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Uuid } from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';

/** The tables whose rows have addresses of their own. */
export const holdingTables = ['Load_Balancer', 'Logical_Router_Port', 'Logical_Switch_Port', 'NAT'] as const;

/** A row that no Berth made or took over and that has an address. */
export type ForeignHolder = {
  readonly table: (typeof holdingTables)[number];
  /** The name of the row; of a NAT row, which has none, its type. */
  readonly name: string;
  readonly row: Uuid;
  /** The router that the row is of; absent for a port of a switch. */
  readonly router?: string;
};

/** A row of one of these tables. */
export type HoldingRow = NbTables[ForeignHolder['table']];

/** A row, with its table. */
export type Located = { readonly table: ForeignHolder['table']; readonly row: HoldingRow };

/** Whether a row is of nobody that is a Berth, and has an address. A switch's port to a router only leads to it. */
export function holdsForeign(table: ForeignHolder['table'], row: HoldingRow): boolean {
  if (row.external_ids.has(ownerKey)) return false;
  if (table !== 'Logical_Switch_Port') return true;
  const { type, addresses } = row as NbTables['Logical_Switch_Port'];
  return type !== 'router' && addresses.size > 0;
}

/** The addresses of a row: of a switch's port those that it lists and those that OVN chose for it (ovn-nb(5), Logical_Switch_Port addresses). */
export function addressesOf(table: ForeignHolder['table'], row: HoldingRow): ReadonlySet<Ip> {
  return readers[table](row as never);
}

const readers = {
  Load_Balancer: perObject(
    ({ vips }: NbTables['Load_Balancer']): ReadonlySet<Ip> =>
      new Set([...vips.keys()].flatMap((vip) => parseEndpoint(vip)?.ip ?? parseIp(vip) ?? [])),
  ),
  Logical_Router_Port: perObject(
    ({ networks }: NbTables['Logical_Router_Port']): ReadonlySet<Ip> =>
      new Set([...networks].flatMap((text) => parseInterfaceAddress(text)?.ip ?? [])),
  ),
  Logical_Switch_Port: perObject(
    ({ addresses, dynamic_addresses: given }: NbTables['Logical_Switch_Port']): ReadonlySet<Ip> => {
      const texts = [...addresses, given ?? ''].flatMap((text) => text.split(' '));
      return new Set(texts.flatMap((text) => parseIp(text) ?? []));
    },
  ),
  NAT: perObject(
    ({ external_ip: text }: NbTables['NAT']): ReadonlySet<Ip> =>
      new Set([parseIp(text)].filter((ip) => ip !== undefined)),
  ),
};

/** What a row is called. */
export function holderOf(table: ForeignHolder['table'], row: HoldingRow, router?: string): ForeignHolder {
  const name = 'name' in row ? row.name : row.type;
  return { table, name, row: row._uuid, ...(router !== undefined && { router }) };
}
