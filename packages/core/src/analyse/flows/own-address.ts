import type { Obstacle } from '../flow.ts';
import { canonicalIp } from './address-text.ts';
import type { NatRule } from './nat-rule.ts';
import type { RouterContext } from './router-context.ts';

/**
 * What keeps packets from a `dnat_and_snat` or `dnat` row on an address of one of the router's own ports: northd has those dropped before any
 * translation, but for an address that an `snat` row or a load-balancer of the router has as well (northd, `build_lrouter_drop_own_dest`).
 */
export function atOwnAddress(context: RouterContext, rule: NatRule): Obstacle | undefined {
  const { router, rules, virtual } = context;
  const { externalIp, ref } = rule;
  const port = router.ownPortAt(externalIp);
  if (port === undefined || virtual.has(externalIp) || isForced(context, externalIp)) return undefined;
  if (rules.some(({ row, externalIp: other }) => row.type === 'snat' && other === externalIp))
    return undefined;
  const row = port.port;
  return {
    reason: 'nat-ignored',
    why: `it is the address of router port ${port.name}, and OVN drops what is sent to that before it translates, since no snat row and no load-balancer has the address too`,
    rows: [ref, { db: 'NB', table: 'Logical_Router_Port', uuid: row._uuid, name: port.name }],
    cure: `give the row another external_ip, or add an snat row with the same: ${additionOf(context, rule)}`,
    objectCure:
      'make an OvnSnatRule or OvnDnatRule on the same OvnEip, or give the rule an OvnEip of its own',
    isAnswered: true,
  };
}

/** The command for an snat row beside one. Not `lr-nat-add`: of 23.03.1 it ends by SIGSEGV where a row of the address has a gateway_port. */
function additionOf({ router }: RouterContext, { externalIp, logicalIp, gatewayPort }: NatRule): string {
  const columns = [
    'type=snat',
    `'external_ip="${externalIp}"'`,
    `'logical_ip="${logicalIp}"'`,
    ...(gatewayPort === undefined || router.isPinned ? [] : [`gateway_port=${gatewayPort.row}`]),
  ];
  return `ovn-nbctl --id=@snat create NAT ${columns.join(' ')} -- add Logical_Router ${router.name} nat @snat`;
}

/** Whether the router is told to make it the source of what it translates, which counts as an snat row (ovn-nb(5), Logical_Router options). */
function isForced({ router: { row } }: RouterContext, ip: string): boolean {
  return ['dnat_force_snat_ip', 'lb_force_snat_ip'].some((option) =>
    (row.options?.get(option) ?? '').split(' ').some((text) => canonicalIp(text) === ip),
  );
}
