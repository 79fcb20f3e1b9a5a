import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Peers } from '../flow.ts';
import { unusableSet, withPeers } from '../flows/conditions.ts';
import { causeOf } from '../flows/marks.ts';
import type { NatRule } from '../flows/nat-rule.ts';
import type { RouterContext } from '../flows/router-context.ts';
import { type AuditedNetwork, ruleRef } from './network.ts';

/**
 * NAT rows that OVN heeds for some peers only (ovn-nb(5), NAT allowed_ext_ips and exempted_ext_ips). No object of Berth asks for that, and no pass of it
 * clears those columns: on a row of ours somebody set them by hand.
 */
export function auditPeers({ routers, north }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) =>
    context.rules.flatMap((rule) => {
      const { peers } = withPeers(north, rule.row);
      const isIgnored = rule.obstacle !== undefined || unusableSet(north, rule) !== undefined;
      return peers === undefined || isIgnored || isForAll(peers) ? [] : [someOnly(context, rule, peers)];
    }),
  );
}

function isForAll({ isAllowed, addresses }: Peers): boolean {
  return !isAllowed && addresses.length === 0;
}

function someOnly(context: RouterContext, rule: NatRule, { set, isAllowed }: Peers): Finding {
  const [column, whom, others] = isAllowed
    ? ['allowed_ext_ips', 'only for', 'all others']
    : ['exempted_ext_ips', 'not for', 'these'];
  return finding('nat-ignored', {
    severity: causeOf(rule.row) === undefined ? 'info' : 'warning',
    object: ruleRef(context, rule),
    message: `${rule.externalIp}: its NAT row is ${whom} peers in address set ${set}: OVN ignores it for ${others}`,
    cure: `clear that where it is not meant: ovn-nbctl clear NAT ${rule.row._uuid} ${column}`,
    rows: [{ ...rule.ref, columns: [column] }],
  });
}
