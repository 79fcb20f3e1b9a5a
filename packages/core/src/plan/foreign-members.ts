import type { Uuid } from '@berth/ovsdb/value';
import { keeperChassis } from '../fabric/keeper.ts';
import type { Finding } from '../finding/finding.ts';
import { list } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { nbRows } from '../finding/row-id.ts';
import { removalOfMember, whose } from './clash.ts';
import { type Member, memberOf, ranked, rowsOf } from './gateway-members.ts';
import type { Matched, PlanInput } from './match.ts';
import { ownerOf } from './observed.ts';

/**
 * Members that somebody else put into gateway groups of ours, and nobody asks for: OVN elects among all members of a group, so such a
 * one may serve though no policy chose it. One whose chassis is not part of the OVN serves nobody until a chassis of that name comes.
 */
export function foreignMembers(
  matched: ReadonlyMap<Uuid, Matched>,
  { observed, instance, nodeNames }: Pick<PlanInput, 'observed' | 'instance' | 'nodeNames'>,
): readonly Finding[] {
  const known = new Set([...matched.values()].map(({ uuid }) => uuid));
  return [...matched.values()].flatMap(({ desired, found }) => {
    if (desired.table !== 'Logical_Router_Port' || !found) return [];
    const rows = rowsOf(observed, 'Gateway_Chassis', found.row['gateway_chassis']);
    const foreign = rows.filter(
      (row) => ownerOf(row) !== instance && !known.has(row._uuid) && row['chassis_name'] !== keeperChassis,
    );
    if (foreign.length === 0) return [];
    const own = rows.filter((row) => !foreign.includes(row)).map(memberOf);
    return foreign.map((row) => {
      const { chassis, priority } = memberOf(row);
      const isAbsent = nodeNames?.has(String(chassis)) === false;
      const node = nodeNames?.get(String(chassis)) ?? String(chassis);
      const isFirst = ranked(own).every((each) => each.priority <= priority);
      const place = placeOf(node, priority, own, nodeNames);
      return finding('row-clash', {
        // Behind one of ours it serves only when that one does not.
        ...((!isFirst || isAbsent) && { severity: 'warning' as const }),
        object: desired.cause,
        message: `the Gateway_Chassis row ${row['name']} (${row._uuid}) ${whose(row, ownerOf(row))}: with priority ${priority} ${place}${isAbsent ? `, as soon as there is a chassis ${chassis}: now there is none` : ''}`,
        cure: `remove it (${removalOfMember(row)})${isAbsent ? '' : `; to have ${node} as a gateway label the node or let the policy choose it`}`,
        rows: nbRows('Gateway_Chassis', [row]),
      });
    });
  });
}

/** What the member means for who serves. */
function placeOf(
  node: string,
  priority: number,
  own: readonly Member[],
  nodeNames: PlanInput['nodeNames'],
): string {
  const behind = ranked(own).filter((each) => each.priority <= priority);
  const names = behind.map(({ chassis }) => nodeNames?.get(String(chassis)) ?? String(chassis));
  if (names.length === 0) return `it makes ${node} a standby of the gateways that are asked for`;
  return `it makes ${node} a gateway before ${list(names)}, whatever is asked for`;
}
