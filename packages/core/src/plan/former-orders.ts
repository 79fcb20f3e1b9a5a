import { ownerKey } from '@berth/api';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { carriedOut } from '../fabric/behind.ts';
import { formerOrderEntry, formerOrdersOf, unneededOrders } from '../fabric/former-order.ts';
import type { RowChange } from '../fabric/row-change.ts';
import type { Change } from './change.ts';
import { type Member, ranked } from './gateway-members.ts';
import { changedGroups } from './left-roles.ts';

/** What a router port of ours comes to remember with a change of its gateways, and what it forgets. */
export type FormerOrderChange = {
  readonly port: Uuid;
  readonly added: ReadonlyMap<string, string>;
  readonly dropped: ReadonlySet<string>;
};

/**
 * The orders of gateways that changes end, each remembered by its router port: a chassis that stands still goes on by the one it had. Orders that no
 * chassis has any more go at the same time, so that this never takes a write of its own, and there are no more than chassis that are behind, and one.
 */
export function formerOrderChanges(
  changes: readonly Change[],
  at: RowChange,
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
): readonly FormerOrderChange[] {
  const done = [...carriedOut(sb).values()];
  return changedGroups(changes, nb).flatMap(({ port, before, after }) => {
    const order = namesOf(before);
    if (!port.external_ids.has(ownerKey) || port.ha_chassis_group !== undefined) return [];
    if (order.join(' ') === namesOf(after).join(' ')) return [];
    const known = formerOrdersOf(port);
    const [key, value] = formerOrderEntry(at, order);
    // Of two changes with one number the first tells what was before both.
    const added = known.some((each) => each.key === key) ? new Map() : new Map([[key, value]]);
    const dropped = unneededOrders(known, done).filter((each) => each !== key);
    return [{ port: port._uuid, added, dropped: new Set(dropped) }];
  });
}

function namesOf(members: readonly Member[]): readonly string[] {
  return ranked(members).map(({ chassis }) => String(chassis));
}
