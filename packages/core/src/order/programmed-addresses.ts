import { parseEndpoint, parseInterfaceAddress } from '@berth/net';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';

/** Every address that NB makes a router answer for, whoever wrote it. Empty for a fabric that was made by hand. */
export function programmedAddresses(nb: Snapshot<NbTables> | undefined): ReadonlySet<string> {
  const has = (table: string): boolean => nb?.tableNames.includes(table) === true;
  const addresses = new Set<string>();
  for (const { external_ip } of nb && has('NAT') ? nb.table('NAT') : []) addresses.add(external_ip);
  for (const { networks } of nb && has('Logical_Router_Port') ? nb.table('Logical_Router_Port') : []) {
    for (const text of networks) addresses.add(parseInterfaceAddress(text)?.ip ?? text);
  }
  for (const { vips } of nb && has('Load_Balancer') ? nb.table('Load_Balancer') : []) {
    for (const vip of vips.keys()) addresses.add(parseEndpoint(vip)?.ip ?? vip);
  }
  return addresses;
}
