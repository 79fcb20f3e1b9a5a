import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { gatewayClaim } from '../fabric/fabric.ts';
import type { Change } from './change.ts';
import { afterChanges, type Member, memberOf, overrulingMembers, ranked, rowsOf } from './gateway-members.ts';

/** Whether a change may move the role of a gateway: that of a member, or of the group that a router port goes by. */
export function decidesOnRole({ verb, table, columns }: Change): boolean {
  if (table === 'Logical_Router_Port') return verb !== 'insert' && columns['ha_chassis_group'] !== undefined;
  if (table !== 'Gateway_Chassis') return false;
  return verb === 'insert' || verb === 'delete' || placing.some((name) => columns[name] !== undefined);
}

const placing = ['chassis_name', 'priority'];

/**
 * The router ports whose gateway changes take the role from, by name: the chassis that claims it is no member any more, or comes after one that it
 * came before. Who claims is asked of SB, as the first in line may be down.
 */
export function leftRoles(
  changes: readonly Change[],
  nb: Snapshot<NbTables>,
  claims: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const left = changedGroups(changes, nb).filter(({ port, before, after }) => {
    const claim = gatewayClaim({ claims }, port.name);
    return claim !== undefined && isPassed(claim, before, after);
  });
  return new Set(left.map(({ port }) => port.name));
}

/** A router port whose gateways change. */
export type ChangedGroup = {
  readonly port: NbTables['Logical_Router_Port'];
  readonly before: readonly Member[];
  readonly after: readonly Member[];
};

/** The router ports whose gateways changes touch. */
export function changedGroups(changes: readonly Change[], nb: Snapshot<NbTables>): readonly ChangedGroup[] {
  const deciding = changes.filter(decidesOnRole);
  if (deciding.length === 0) return [];
  const [members, ports] = [
    deciding.filter(({ table }) => table === 'Gateway_Chassis'),
    new Set(deciding.map(({ uuid }) => uuid)),
  ];
  return [...nb.table('Logical_Router_Port')].flatMap((port) => {
    const group = rowsOf(nb, 'Gateway_Chassis', port.gateway_chassis).map(memberOf);
    const own = new Set(group.map(({ uuid }) => uuid));
    const touching = members.filter(({ uuid, parent }) => own.has(uuid) || parent?.uuid === port._uuid);
    const overruling = overrulingMembers(nb, port);
    // A group that is named counts for as long as it is named.
    if (overruling ? !ports.has(port._uuid) : touching.length === 0) return [];
    return [{ port, before: overruling ?? group, after: afterChanges(group, touching) }];
  });
}

function isPassed(claim: string, before: readonly Member[], after: readonly Member[]): boolean {
  const [were, are] = [before, after].map((group) => ranked(group).map(({ chassis }) => chassis));
  const place = are?.indexOf(claim) ?? -1;
  const ahead = new Set(were?.slice(0, were.indexOf(claim)));
  return place < 0 || are?.slice(0, place).some((each) => !ahead.has(each)) === true;
}
