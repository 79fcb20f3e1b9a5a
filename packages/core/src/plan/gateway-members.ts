import { isSet, isUuid, type Row, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import { keeperChassis } from '../fabric/keeper.ts';
import type { Change } from './change.ts';

/** A member of a gateway group. */
export type Member = { readonly uuid: Uuid; readonly chassis: Value; readonly priority: number };

/** A row of Gateway_Chassis, or of HA_Chassis, which says it in the same columns. */
export function memberOf(row: Row): Member {
  return { uuid: row._uuid, chassis: row['chassis_name'], priority: Number(row['priority']) };
}

/** The members of the HA_Chassis_Group that a router port names, by which OVN goes then (ovn-nb(5)); undefined where it names none. */
export function overrulingMembers(nb: Snapshot, port: Row): readonly Member[] | undefined {
  const name = port['ha_chassis_group'];
  const [uuid] = isSet(name) ? [...name] : [name];
  if (typeof uuid !== 'string' || !isUuid(uuid)) return undefined;
  if (!nb.tableNames.includes('HA_Chassis_Group') || !nb.tableNames.includes('HA_Chassis')) return [];
  const group = nb.table('HA_Chassis_Group').get(uuid);
  return rowsOf(nb, 'HA_Chassis', group?.['ha_chassis']).map(memberOf);
}

/**
 * The changes that move the gateway: that of the old active member, if it would stay without it, and that of the new,
 * if it would not come first without it. Where each alone would do, both.
 */
export function movers(
  group: readonly Member[],
  changes: readonly Change[],
  was: Value,
  after: Value,
): readonly Change[] {
  const members = [...group, ...afterChanges(group, changes)];
  const chassisOf = new Map(members.map(({ uuid, chassis }) => [uuid, chassis]));
  const touching = changes.filter(({ uuid }) => [was, after].includes(chassisOf.get(uuid)));
  const decisive = touching.filter((change) => {
    const rest = changes.filter((other) => other !== change);
    const chassis = chassisOf.get(change.uuid);
    return isFirst(chassis, afterChanges(group, rest)) === (chassis === was);
  });
  return decisive.length > 0 ? decisive : touching;
}

/** A group once changes of its rows are made. */
export function afterChanges(group: readonly Member[], changes: readonly Change[]): readonly Member[] {
  const byUuid = new Map(changes.map((change) => [change.uuid, change]));
  const kept = group
    .filter(({ uuid }) => byUuid.get(uuid)?.verb !== 'delete')
    .map((member) => {
      const columns = byUuid.get(member.uuid)?.columns ?? {};
      return {
        uuid: member.uuid,
        chassis: columns['chassis_name']?.new ?? member.chassis,
        priority: Number(columns['priority']?.new ?? member.priority),
      };
    });
  const added = changes
    .filter(({ verb }) => verb === 'insert')
    .map(({ uuid, columns }) => ({
      uuid,
      chassis: columns['chassis_name']?.new,
      priority: Number(columns['priority']?.new ?? 0),
    }));
  return [...kept, ...added];
}

/** The members that name a chassis, most preferred first and of equals the last by name, as OVN elects them; the keeper names none. */
export function ranked(members: readonly Member[]): readonly Member[] {
  return members
    .filter(({ chassis }) => chassis !== keeperChassis)
    .sort(
      (left, right) =>
        right.priority - left.priority || (String(left.chassis) < String(right.chassis) ? 1 : -1),
    );
}

/** The chassis that comes first; undefined where there is none. */
export function active(members: readonly Member[]): Value {
  return ranked(members)[0]?.chassis;
}

/** Whether none is preferred to a chassis. */
function isFirst(chassis: Value, members: readonly Member[]): boolean {
  const [first] = ranked(members);
  return ranked(members).some((each) => each.chassis === chassis && each.priority === first?.priority);
}

/** The rows that a reference set leads to. */
export function rowsOf(snapshot: Snapshot, table: string, references: Value): readonly Row[] {
  if (!isSet(references)) return [];
  return [...references].flatMap((atom) =>
    typeof atom === 'string' && isUuid(atom) ? (snapshot.table(table).get(atom) ?? []) : [],
  );
}
