import type { Value } from '@berth/ovsdb/value';
import type { RouteIntent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { bfdRowUuid } from './bfd.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';

/**
 * A static route (ovn-nb(5), Logical_Router_Static_Route). Several of one prefix share its traffic. With a BFD session OVN takes the
 * route away while the next hop does not answer.
 */
export function compileRoute(
  route: RouteIntent,
  vpc: VpcIntent,
  router: DesiredRow,
  unit: string,
): DesiredRow {
  const { prefix, nextHop, policy, table, subnet, symmetricReply, origin } = route;
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
      output_port: subnet === undefined ? undefined : routerPortName(vpc.name, subnet),
      bfd: bfdOf(route, vpc),
      options: mapOf({ ecmp_symmetric_reply: symmetricReply ? 'true' : undefined }),
      external_ids: mapOf({}),
    },
  });
}

function bfdOf({ bfd }: RouteIntent, vpc: VpcIntent): Value {
  if (!bfd) return undefined;
  return 'row' in bfd ? bfd.row : bfdRowUuid(vpc.name, bfd);
}
