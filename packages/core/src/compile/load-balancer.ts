import { formatEndpoint } from '@berth/net';
import { origin } from '../finding/origin.ts';
import type { PortForwardIntent } from '../intent/intent.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';

/**
 * A DNAT rule as a load-balancer of the router with one backend per virtual address (ovn-nb(5), Load_Balancer). It runs on
 * the active gateway. Of UDP, which has no end of its own, OVN is to forget what a changed backend had.
 */
export function compilePortForward(rule: PortForwardIntent, router: DesiredRow, unit: string): DesiredRow {
  return rowOf('Load_Balancer', {
    unit,
    cause: rule.ref,
    parent: router,
    origins: [origin(rule.ref, 'spec.ovnEip')],
    columns: {
      name: rule.name,
      protocol: rule.protocol,
      vips: mapOf(
        Object.fromEntries(
          rule.forwards.map(({ external, logical }) => [formatEndpoint(external), formatEndpoint(logical)]),
        ),
      ),
      options: mapOf({ ct_flush: rule.protocol === 'udp' ? 'true' : undefined }),
      external_ids: mapOf({}),
    },
    columnOrigins: {
      protocol: [origin(rule.ref, 'spec.protocol')],
      vips: [
        origin(rule.eip, 'spec'),
        origin(rule.ref, 'spec.externalPort'),
        rule.target,
        origin(rule.ref, 'spec.internalPort'),
      ],
    },
  });
}
