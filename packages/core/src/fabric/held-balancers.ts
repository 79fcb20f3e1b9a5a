import type { NbTables } from '@berth/ovn';
import type { Uuid } from '@berth/ovsdb/value';
import { heldRows } from './tables.ts';

type Group = NbTables['Load_Balancer_Group'];

/** The load-balancers of a router or a switch, each of them once: its own, and those of its groups (ovn-nb(5), load_balancer_group). */
export function heldBalancers(
  holder: Partial<Pick<NbTables['Logical_Router'], 'load_balancer' | 'load_balancer_group'>>,
  groupOf: (uuid: Uuid) => Group | undefined,
): ReadonlySet<Uuid> {
  const groups = heldRows(holder.load_balancer_group, groupOf);
  return new Set([...(holder.load_balancer ?? []), ...groups.flatMap((group) => [...group.load_balancer])]);
}
