import type { Row, Snapshot, Uuid } from '@berth/ovsdb/value';
import { formerIn, formerValue, isAsMade, parseFormer } from './former.ts';
import { type Member, memberOf, ranked, rowsOf } from './gateway-members.ts';

/**
 * The members of gateway groups that keep the priority of today when they are given back: all of a group which the priorities of before
 * would put into another order, as OVN moves a gateway with the order, or leaves it to names where only some of them come back.
 */
export function membersInOrder(nb: Snapshot): ReadonlySet<Uuid> {
  const settled = new Set<Uuid>();
  for (const port of nb.table('Logical_Router_Port')) {
    const rows = rowsOf(nb, 'Gateway_Chassis', port['gateway_chassis']);
    const now = rows.map(memberOf);
    if (orderOf(now) !== orderOf(rows.map(formerMember))) for (const { uuid } of now) settled.add(uuid);
  }
  return settled;
}

/** A member with the priority that giving it back alone would write. */
function formerMember(row: Row): Member {
  const former = parseFormer(formerIn(row['external_ids']) ?? '')?.columns.get('priority');
  const isBack = former !== undefined && isAsMade(row['priority'], former);
  return { ...memberOf(row), ...(isBack && { priority: Number(formerValue(former)) }) };
}

function orderOf(members: readonly Member[]): string {
  return JSON.stringify(ranked(members).map(({ chassis }) => chassis));
}
