import type { RouteIntent, VpcIntent } from '../intent/intent.ts';
import { compileAttachment } from './attachment.ts';
import { compileFloatingIp } from './floating-ip.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';
import { compileSubnet } from './subnet.ts';

/** Everything of one VPC. `externalSwitches` are the switches of external subnets, by name. */
export function compileVpc(
  vpc: VpcIntent,
  externalSwitches: ReadonlyMap<string, DesiredRow>,
): readonly DesiredRow[] {
  const unit = `vpc/${vpc.name}`;
  const router = rowOf('Logical_Router', {
    unit,
    cause: vpc.ref,
    columns: { name: vpc.name, options: routerOptions(vpc.attachments.length > 0), external_ids: mapOf({}) },
  });
  return [
    router,
    ...vpc.subnets.flatMap((subnet) => compileSubnet(subnet, vpc, router, unit)),
    ...vpc.attachments.flatMap((attachment) => {
      const externalSwitch = externalSwitches.get(attachment.subnet);
      return externalSwitch ? compileAttachment(attachment, vpc, router, externalSwitch, unit) : [];
    }),
    ...vpc.routes.map((route) => compileRoute(route, vpc, router, unit)),
    ...vpc.floatingIps.flatMap((fip) => compileFloatingIp(fip, vpc, router, unit)),
  ];
}

/**
 * With announced NAT addresses every router on the external network would learn every floating IP; these two options
 * keep MAC_Binding from growing by routers × floating IPs (ovn-nb(5), Logical_Router options).
 */
function routerOptions(external: boolean): ReadonlyMap<string, string> {
  return mapOf({
    mac_binding_age_threshold: '300',
    ...(external && { always_learn_from_arp_request: 'false', dynamic_neigh_routers: 'true' }),
  });
}

function compileRoute(
  { prefix, nextHop, policy, table, subnet, origin }: RouteIntent,
  vpc: VpcIntent,
  router: DesiredRow,
  unit: string,
): DesiredRow {
  return rowOf('Logical_Router_Static_Route', {
    unit,
    cause: vpc.ref,
    parent: router,
    origins: [origin],
    columns: {
      ip_prefix: prefix,
      nexthop: nextHop,
      policy,
      route_table: table,
      output_port: subnet === undefined ? undefined : `${vpc.name}-${subnet}`,
      external_ids: mapOf({}),
    },
  });
}
