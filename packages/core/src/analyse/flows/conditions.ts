import type { NatRule } from './nat-rule.ts';
import type { North } from './north.ts';
import type { GatewayPort } from './router-view.ts';

/** What a NAT row holds for only, one sentence each (ovn-nb(5), NAT). */
export function natConditions(north: North, { row, gatewayPort }: NatRule): readonly string[] {
  const conditions: string[] = [];
  const { allowed_ext_ips, exempted_ext_ips, external_port_range } = row;
  if (allowed_ext_ips !== undefined) {
    conditions.push(
      `only for peers in address set ${north.addressSet(allowed_ext_ips)?.name ?? allowed_ext_ips}`,
    );
  }
  if (exempted_ext_ips !== undefined) {
    conditions.push(
      `not for peers in address set ${north.addressSet(exempted_ext_ips)?.name ?? exempted_ext_ips}`,
    );
  }
  const match = matchIn(row);
  if (match !== '') conditions.push(`only for packets that match ${match}`);
  if (external_port_range) conditions.push(`its source ports are ${external_port_range}`);
  return gatewayPort === undefined ? conditions : [...conditions, ...portConditions(gatewayPort)];
}

/** The packets that a NAT row is for; none said is all. From 24.09 on; the row types are older. */
export function matchIn(row: NatRule['row']): string {
  return 'match' in row && typeof row.match === 'string' ? row.match : '';
}

/** What a gateway port does out of the ordinary. */
export function portConditions({ port }: GatewayPort): readonly string[] {
  return port.options?.get('redirect-type') === 'bridged'
    ? ['packets go to the gateway over the physical network, not through a tunnel (redirect-type=bridged)']
    : [];
}
