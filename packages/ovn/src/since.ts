import type { DatabaseSchema } from '@berth/ovsdb/schema';
import { schema as nbSchema } from './generated/nb.ts';
import { schema as sbSchema } from './generated/sb.ts';

/** The databases whose columns came with releases of OVN. */
export type Database = 'OVN_Northbound' | 'OVN_Southbound';

/** A release of OVN as year and month, such as `23.03`; `2.7` from the time when OVN was a part of Open vSwitch. */
export type Release = `${number}.${number}`;

/** The release whose schemas the row types are generated from: what is in them is at least as old. */
export const oldestSchemas = '23.03' satisfies Release;

type Known = Readonly<
  Record<string, { readonly table?: Release; readonly columns?: Readonly<Record<string, Release>> }>
>;

/** The releases that are known exactly (ovn-nb(5), ovn-sb(5), the NEWS of OVN). */
const known: Readonly<Record<Database, Known>> = {
  OVN_Northbound: {
    Chassis_Template_Var: { table: '22.12' },
    Logical_Router_Port: { columns: { status: '23.09' } },
    NAT: {
      columns: {
        type: '2.7',
        external_ip: '2.7',
        logical_ip: '2.7',
        external_mac: '2.7',
        logical_port: '2.7',
        external_port_range: '20.06',
        allowed_ext_ips: '20.09',
        exempted_ext_ips: '20.09',
        gateway_port: '22.06',
        match: '24.09',
        priority: '24.09',
      },
    },
    NB_Global: {
      columns: { nb_cfg_timestamp: '20.09', sb_cfg_timestamp: '20.09', hv_cfg_timestamp: '20.09' },
    },
    Static_MAC_Binding: { table: '22.06' },
  },
  OVN_Southbound: {
    Advertised_Route: { table: '25.03' },
    Chassis_Template_Var: { table: '22.12' },
    Learned_Route: { table: '25.03' },
    Port_Binding: { columns: { additional_chassis: '22.06' } },
    Static_MAC_Binding: { table: '22.06' },
  },
};

const schemas: Readonly<Record<Database, DatabaseSchema>> = {
  OVN_Northbound: nbSchema,
  OVN_Southbound: sbSchema,
};

/** From which release on a table or column is there: that release, `{ orBefore }` one where no more is known, or `undefined` when not even that is. */
export function sinceOf(
  database: Database,
  table: string,
  column?: string,
): Release | { readonly orBefore: Release } | undefined {
  const entry = known[database][table];
  const exact = column === undefined ? entry?.table : (entry?.columns?.[column] ?? entry?.table);
  if (exact !== undefined) return exact;
  const columns = schemas[database].tables[table]?.columns;
  const isOld = columns !== undefined && (column === undefined || Object.hasOwn(columns, column));
  return isOld ? { orBefore: oldestSchemas } : undefined;
}

/** Below zero when `left` came out before `right`. */
export function compareReleases(left: Release, right: Release): number {
  const [leftYear = 0, leftMonth = 0] = left.split('.').map(Number);
  const [rightYear = 0, rightMonth = 0] = right.split('.').map(Number);
  return leftYear - rightYear || leftMonth - rightMonth;
}

/** Every table and column whose release is known exactly. */
export function knownReleases(): readonly {
  readonly database: Database;
  readonly table: string;
  readonly column: string | undefined;
  readonly release: Release;
}[] {
  return (['OVN_Northbound', 'OVN_Southbound'] as const).flatMap((database) =>
    Object.entries(known[database]).flatMap(([table, { table: release, columns = {} }]) => [
      ...(release === undefined ? [] : [{ database, table, column: undefined, release }]),
      ...Object.entries(columns).map(([column, since]) => ({ database, table, column, release: since })),
    ]),
  );
}
