import { bitsOf, familyOf, parseIp } from '@berth/net';
import type { Row, Uuid } from '@berth/ovsdb/value';
import { parse, v5 } from 'uuid';

/** A reference set that holds rows of another table and keeps them alive. */
export type Relation = { readonly parentTable: string; readonly column: string; readonly childTable: string };

type TableKey = {
  /** Columns that name the row among the children of one parent, or among all rows of a root table. */
  readonly columns: readonly string[];
  /** The reference set that is to hold such rows. */
  readonly parent?: { readonly table: string; readonly column: string };
  /** Whether the parent's key is part of this row's key; otherwise `columns` are unique in the whole table. */
  readonly withinParent?: boolean;
  /** A root table though its rows belong in a reference set: they outlive what holds them and are deleted themselves. */
  readonly isRoot?: boolean;
};

/**
 * The natural key of every table we write, NB and Open_vSwitch. The schemas leave most of these keys unguarded;
 * deriving the row's UUID from the key makes the server refuse a second row with the same one.
 */
export const tableKeys: Readonly<Record<string, TableKey>> = {
  Logical_Router: { columns: ['name'] },
  Logical_Switch: { columns: ['name'] },
  Logical_Router_Port: { columns: ['name'], parent: { table: 'Logical_Router', column: 'ports' } },
  Logical_Switch_Port: { columns: ['name'], parent: { table: 'Logical_Switch', column: 'ports' } },
  Gateway_Chassis: { columns: ['name'], parent: { table: 'Logical_Router_Port', column: 'gateway_chassis' } },
  NAT: {
    columns: ['type', 'external_ip', 'snat_ip'],
    parent: { table: 'Logical_Router', column: 'nat' },
    withinParent: true,
  },
  Load_Balancer: {
    columns: ['name'],
    parent: { table: 'Logical_Router', column: 'load_balancer' },
    isRoot: true,
  },
  Logical_Router_Static_Route: {
    columns: ['route_table', 'policy', 'ip_prefix', 'nexthop'],
    parent: { table: 'Logical_Router', column: 'static_routes' },
    withinParent: true,
  },
  Logical_Router_Policy: {
    columns: ['priority', 'match'],
    parent: { table: 'Logical_Router', column: 'policies' },
    withinParent: true,
  },
  BFD: { columns: ['logical_port', 'dst_ip'] },
  Bridge: { columns: ['name'], parent: { table: 'Open_vSwitch', column: 'bridges' } },
  Port: { columns: ['name'], parent: { table: 'Bridge', column: 'ports' } },
  Interface: { columns: ['name'], parent: { table: 'Port', column: 'interfaces' } },
};

/** Columns, beside reference sets, that refer to a row of ours: by table, with the table they lead to. */
export const referenceColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Logical_Router_Static_Route: { bfd: 'BFD' },
  NAT: { gateway_port: 'Logical_Router_Port' },
};

/** The reference sets that hold rows we write. */
export const relations: readonly Relation[] = Object.entries(tableKeys).flatMap(([childTable, { parent }]) =>
  parent ? [{ parentTable: parent.table, column: parent.column, childTable }] : [],
);

/**
 * The part of a row's natural key that stands in its own columns. An SNAT is one of several on its external IP, so
 * its logical IP counts as well (ovn-nb(5), NAT).
 */
export function ownKey(table: string, row: Readonly<Record<string, unknown>>): readonly string[] {
  return (tableKeys[table]?.columns ?? []).map((column) => {
    // A route without a word about it is by destination (ovn-nb(5), Logical_Router_Static_Route policy).
    if (column === 'policy') return String(row['policy'] ?? 'dst-ip');
    if (column === 'snat_ip') return row['type'] === 'snat' ? narrowed(String(row['logical_ip'])) : '';
    const text = String(row[column] ?? '');
    if (column === 'ip_prefix') return widened(text);
    return isIpv6(text) && addressColumns.has(column) ? (parseIp(text) ?? text) : text;
  });
}

const addressColumns: ReadonlySet<string> = new Set(['external_ip', 'nexthop', 'dst_ip']);

/** A host is written without a prefix length among sources of SNAT, whoever wrote the row. */
function narrowed(text: string): string {
  const [address = '', length] = text.split('/');
  if (length === undefined && !isIpv6(text)) return text;
  const ip = parseIp(address);
  if (ip === undefined) return text;
  return length === undefined || Number(length) === bitsOf[familyOf(ip)] ? ip : `${ip}/${length}`;
}

/** A host is written with its prefix length among the prefixes of routes. */
function widened(text: string): string {
  const [address = '', length] = text.split('/');
  if (length !== undefined && !isIpv6(text)) return text;
  const ip = parseIp(address);
  return ip === undefined ? text : `${ip}/${length ?? bitsOf[familyOf(ip)]}`;
}

/** An IPv4 address can be written in one way only. */
function isIpv6(text: string): boolean {
  return text.includes(':');
}

/** The natural key of a row: its own part, after its parent's key where rows are named within their parent. */
export function naturalKey(
  table: string,
  row: Row | Readonly<Record<string, unknown>>,
  parentKey: readonly string[],
): readonly string[] {
  const own = ownKey(table, row);
  return tableKeys[table]?.withinParent ? [...parentKey, ...own] : own;
}

/** One string per key; no two keys share one. */
export function keyText(table: string, key: readonly string[]): string {
  return JSON.stringify([table, ...key]);
}

/** A key as people read it: its parts that say something. */
export function spokenKey(key: readonly string[]): string {
  return key.filter((part) => part !== '').join(' ');
}

const berthRows = parse('f5f3a7a2-9a4e-5a0e-9d3b-1f2a7f6f0c51');

/** The UUID that every run of every Berth gives the row with this key (RFC 9562 section 5.5, version 5). */
export function rowUuid(table: string, key: readonly string[]): Uuid {
  return v5(keyText(table, key), berthRows) as Uuid;
}
