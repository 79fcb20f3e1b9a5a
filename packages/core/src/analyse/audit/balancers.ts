import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { nbRows } from '../../finding/row-id.ts';
import { type RivalBalancers, rivalBalancers } from '../flows/balancer-rivals.ts';
import { placeText, vipText } from '../flows/forward.ts';
import { balancerText, causeOf, vipRemovalOf } from '../flows/marks.ts';
import type { RouterContext } from '../flows/router-context.ts';
import type { AuditedNetwork } from './network.ts';

/** Load-balancers of one router that lead a virtual address to different backends. */
export function auditRivalBalancers({ routers }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) => rivalBalancers(context).map((rivals) => rivalsTold(context, rivals)));
}

function rivalsTold({ router }: RouterContext, { first, rows }: RivalBalancers): Finding {
  const { vip } = first;
  const owners = rows.flatMap((row) => causeOf(row) ?? []);
  const strangers = rows.filter((row) => causeOf(row) === undefined);
  const removals = strangers.map((row) => vipRemovalOf(row, placeText(vip))).join('; ');
  const [owner, ...others] = owners;
  return finding('address-shared', {
    object: owner ?? { kind: 'NAT', name: `${router.name}/dnat/${vip.ip}` },
    message: `router ${router.name} has ${rows.length} load-balancers for ${vipText(first)}, ${list(rows.map(balancerText))}: which of them OVN takes is chance`,
    cure: owner
      ? `take it from what Berth did not make: ${removals}`
      : `take it from all but one of them: ${removals}`,
    related: others,
    rows: nbRows('Load_Balancer', rows),
  });
}
