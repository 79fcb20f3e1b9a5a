import { keptKey } from '@berth/api';
import { origin } from '../finding/origin.ts';
import type { FloatingIpIntent } from '../intent/intent.ts';
import type { DesiredRow } from './row.ts';
import { mapOf, rowOf } from './row-of.ts';

/**
 * The NAT rows of a floating IP, one per address family. With both `logical_port` and `external_mac` OVN runs the row
 * on the workload's chassis; with neither, on the active gateway (ovn-nb(5), NAT). The MAC is the EIP's own, so
 * that another target later changes nobody's neighbour cache. `gatewayPort` is the router port to the EIP's subnet where
 * the router has several.
 */
export function compileFloatingIp(
  fip: FloatingIpIntent,
  router: DesiredRow,
  gatewayPort: DesiredRow | undefined,
  unit: string,
): readonly DesiredRow[] {
  const local = runsAtWorkload(fip);
  return fip.pairs.map(({ external, logical }) =>
    rowOf('NAT', {
      unit,
      cause: fip.ref,
      parent: router,
      origins: [origin(fip.ref, 'spec.ovnEip')],
      columns: {
        type: 'dnat_and_snat',
        external_ip: external,
        logical_ip: logical,
        logical_port: local ? fip.target.port : undefined,
        external_mac: local ? fip.mac : undefined,
        gateway_port: gatewayPort?.uuid,
        options: mapOf({ stateless: fip.stateless ? 'true' : undefined }),
        external_ids: mapOf({ [keptKey]: fip.keep }),
      },
      columnOrigins: {
        external_ip: [origin(fip.eip, 'spec')],
        logical_ip: [fip.target.origin],
        logical_port: fip.placement.decidedBy,
        external_mac: fip.placement.decidedBy,
      },
    }),
  );
}

/** Whether the workload's own chassis is to answer: distributed, or gateway-local on a node that could be a gateway. */
export function runsAtWorkload({
  placement,
  target,
}: Pick<FloatingIpIntent, 'placement' | 'target'>): boolean {
  return placement.atWorkload && target.port !== undefined;
}
