import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { targetOf } from '../flows/marks.ts';
import type { NatRule } from '../flows/nat-rule.ts';
import { type AuditedNetwork, ruleRef } from './network.ts';

/**
 * Floating IPs that run elsewhere than their owner asked. Only an object asks: no row that Berth did not make tells what was asked for. Its
 * `options:stateless` is false by default, from Kube-OVN (`staleless` before 1.16) as from `ovn-nbctl lr-nat-add`.
 */
export function auditPlacements(network: AuditedNetwork): readonly Finding[] {
  return network.routers.flatMap((context) =>
    context.rules.flatMap((rule) => {
      if (rule.row.type !== 'dnat_and_snat' || rule.obstacle) return [];
      const target = targetOf(rule.row, context.router.name, rule.row.type, rule.externalIp);
      const wish = network.placements?.get(target);
      const wanted = wish === 'gateway-local' ? localPlacement(network, rule) : wish;
      if (wanted === undefined || wanted === rule.placement) return [];
      const cure =
        wanted === 'centralized'
          ? 'clear logical_port and external_mac'
          : 'set logical_port and external_mac';
      return [
        finding('placement-differs', {
          object: ruleRef(context, rule),
          message: `${target} (${rule.externalIp}) is to be ${wish} and OVN runs it ${rule.placement}`,
          cure: `${cure} of the NAT row, as Berth does for a floating IP that it owns or adopts`,
          rows: [rule.ref],
        }),
      ];
    }),
  );
}

/** Gateway-local is distributed on a gateway and centralized elsewhere. Of a row that names no port it is not known. */
function localPlacement(
  { dataPlane, fabric }: AuditedNetwork,
  { row, gatewayPort }: NatRule,
): NatRule['placement'] | undefined {
  const at = row.logical_port === undefined ? undefined : fabric.claims.get(row.logical_port);
  if (at === undefined) return undefined;
  const members = dataPlane.groups.get(gatewayPort?.name ?? '')?.members ?? [];
  return members.some(({ chassis }) => chassis === at) ? 'distributed' : 'centralized';
}
