import type { Obstacle } from '../flow.ts';
import type { Behind } from './behind.ts';
import { matchIn } from './conditions.ts';
import { type NatRule, removalOf } from './nat-rule.ts';
import { floatingKey, type RouterContext } from './router-context.ts';

/**
 * What a distributed floating IP of the same workload does to a row that runs on the gateway. The node of the workload lets all that its
 * address sends leave there (northd, `lr_in_gw_redirect`), replies to the gateway's translation as well, which that node knows nothing of.
 * Undefined where there is none. Where that node may be the gateway itself, both rows translate there, and which does is chance.
 */
export function besideDistributed(
  context: RouterContext,
  rule: NatRule,
  port: string | undefined,
): Partial<Behind> | undefined {
  const { north, router } = context;
  const { gatewayPort, logicalIp, externalIp } = rule;
  if (rule.placement === 'distributed' || rule.obstacle !== undefined || gatewayPort === undefined) return;
  const chassisOf = (name = '') => north.dataPlane?.bindings.get(name)?.chassis;
  const node = chassisOf(port);
  const local = context.floating
    .get(floatingKey(gatewayPort.name, logicalIp))
    ?.find(
      ({ placement, row }) =>
        placement === 'distributed' &&
        (row.logical_port === port || (node !== undefined && chassisOf(row.logical_port) === node)),
    );
  if (local === undefined) return;
  const what = `${logicalIp} has the distributed floating IP ${local.externalIp}, by which all that it sends leaves its node`;
  const members = north.dataPlane?.groups.get(gatewayPort.name)?.members ?? [];
  const isPartly = isNarrow(local);
  if (isPartly || members.some(({ chassis }) => chassis === node)) {
    const exception = isPartly ? 'for some packets only' : 'unless that node is the active gateway';
    return { doubt: `whether OVN lets ${logicalIp} answer as ${externalIp}: ${what}, ${exception}` };
  }
  const obstacle: Obstacle = {
    reason: 'fip-ambiguous',
    why: `${what}: replies to ${externalIp} leave untranslated, and nothing leaves as ${externalIp}`,
    rows: [rule.ref, local.ref],
    cure: `delete one of the two rows (${removalOf(router.name, rule.row._uuid)} is that of ${externalIp}), or make ${local.externalIp} centralized`,
    isAnswered: true,
  };
  return { obstacle };
}

/** Whether a row is about some packets only. */
function isNarrow({ row }: NatRule): boolean {
  return row.allowed_ext_ips !== undefined || row.exempted_ext_ips !== undefined || matchIn(row) !== '';
}
