import { origin } from '../finding/origin.ts';
import type { SourceNatIntent } from '../intent/intent.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';

/**
 * The NAT rows of an SNAT rule, one per address family. They run on the active gateway (ovn-nb(5), NAT). `gatewayPort` is
 * the router port to the EIP's subnet where the router has several.
 */
export function compileSourceNat(
  rule: SourceNatIntent,
  router: DesiredRow,
  gatewayPort: DesiredRow | undefined,
  unit: string,
): readonly DesiredRow[] {
  return rule.pairs.map(({ external, logical }) =>
    rowOf('NAT', {
      unit,
      cause: rule.ref,
      parent: router,
      origins: [origin(rule.ref, 'spec.ovnEip')],
      columns: {
        type: 'snat',
        external_ip: external,
        logical_ip: logical,
        gateway_port: gatewayPort?.uuid,
        external_ids: mapOf({}),
      },
      columnOrigins: {
        external_ip: [origin(rule.eip, 'spec')],
        logical_ip: [rule.source],
      },
    }),
  );
}
