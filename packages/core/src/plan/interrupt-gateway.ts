import { parseEndpoint } from '@berth/net';
import { isMap, isSet, isUuid, type Row, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import { keeperChassis } from '../fabric/keeper.ts';
import type { ObjectRef } from '../finding/finding.ts';
import type { Change, InterruptedFlow } from './change.ts';
import { causeOf } from './observed.ts';

/**
 * The changes of gateway groups that make another chassis the active one, with the flows that move along. A change of
 * a standby or of the keeper has none, even where the active gateway moves in the same plan.
 */
export function gatewayMoves(
  changes: readonly Change[],
  before: Snapshot,
): ReadonlyMap<Uuid, readonly InterruptedFlow[]> {
  const members = changes.filter(
    ({ table, verb, columns }) =>
      table === 'Gateway_Chassis' && (verb !== 'adopt' || columns['priority'] !== undefined),
  );
  const causes = new Map(changes.map(({ uuid, cause }) => [uuid, cause]));
  const moves = new Map<Uuid, readonly InterruptedFlow[]>();
  if (members.length === 0) return moves;
  for (const port of before.table('Logical_Router_Port')) {
    const group = rowsOf(before, 'Gateway_Chassis', port['gateway_chassis']).map(memberOf);
    const own = new Set([
      ...group.map(({ uuid }) => uuid),
      ...members.filter(({ parent }) => parent?.uuid === port._uuid).map(({ uuid }) => uuid),
    ]);
    const touching = members.filter(({ uuid }) => own.has(uuid));
    const was = active(group);
    const after = active(afterChanges(group, touching));
    if (touching.length === 0 || was === undefined) continue;
    if (was === after) {
      const second = group.length === 1 && touching.find(({ verb }) => verb === 'insert');
      if (second) moves.set(second.uuid, centralizedFlows(before, port._uuid, bfdStarts(was), causes));
      continue;
    }
    const flows = centralizedFlows(before, port._uuid, moved(was, after), causes);
    for (const { uuid } of movers(group, touching, was, after)) moves.set(uuid, flows);
  }
  return moves;
}

type Member = { readonly uuid: Uuid; readonly chassis: Value; readonly priority: number };

function memberOf(row: Row): Member {
  return { uuid: row._uuid, chassis: row['chassis_name'], priority: Number(row['priority']) };
}

/**
 * The changes that move the gateway: that of the old active member, if it would stay without it, and that of the new,
 * if it would not come first without it. Where each alone would do, both.
 */
function movers(
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

function afterChanges(group: readonly Member[], changes: readonly Change[]): readonly Member[] {
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
function ranked(members: readonly Member[]): readonly Member[] {
  return members
    .filter(({ chassis }) => chassis !== keeperChassis)
    .sort(
      (left, right) =>
        right.priority - left.priority || (String(left.chassis) < String(right.chassis) ? 1 : -1),
    );
}

function active(members: readonly Member[]): Value {
  return ranked(members)[0]?.chassis;
}

/** Whether none is preferred to a chassis. */
function isFirst(chassis: Value, members: readonly Member[]): boolean {
  const [first] = ranked(members);
  return ranked(members).some((each) => each.chassis === chassis && each.priority === first?.priority);
}

/** What users notice: of what the old gateway's conntrack holds, and of the rest. */
type Effects = { readonly effect: string; readonly tracked: string };

function moved(was: Value, after: Value): Effects {
  if (after === undefined) return same(`the last gateway ${was} goes`);
  const effect = `the gateway moves from ${was} to ${after}: about 1 s`;
  return { effect, tracked: `${effect}, and established connections may end` };
}

/** A group of one is not watched by BFD, and one of two is not active before BFD is up. */
function bfdStarts(only: Value): Effects {
  return same(`BFD starts with the second member, and ${only} pauses until it is up: about 1 s`);
}

function same(effect: string): Effects {
  return { effect, tracked: effect };
}

/**
 * Flows of the router that pass the gateway: every NAT that is not bound to a workload's chassis, every forwarded port. Of
 * SNAT and DNAT the old gateway's conntrack holds what the new one has never seen.
 */
function centralizedFlows(
  before: Snapshot,
  portUuid: Uuid,
  { effect, tracked }: Effects,
  causes: ReadonlyMap<Uuid, ObjectRef | undefined>,
): readonly InterruptedFlow[] {
  for (const router of before.table('Logical_Router')) {
    const ports = router['ports'];
    if (!isSet(ports) || !ports.has(portUuid)) continue;
    const nats = rowsOf(before, 'NAT', router['nat'])
      .filter((nat) => nat['external_mac'] === undefined || nat['logical_port'] === undefined)
      .filter((nat) => nat['gateway_port'] === undefined || nat['gateway_port'] === portUuid)
      .map((nat) => ({
        row: nat,
        addresses: [String(nat['external_ip'])],
        effect: nat['type'] === 'dnat_and_snat' ? effect : tracked,
      }));
    const forwards = rowsOf(before, 'Load_Balancer', router['load_balancer']).map((row) => ({
      row,
      addresses: addressesIn(row['vips']),
      effect: tracked,
    }));
    return [...nats, ...forwards].flatMap(({ row, addresses, effect: own }) => {
      const object = causeOf(row) ?? causes.get(row._uuid);
      return object ? addresses.map((externalIp) => ({ object, externalIp, effect: own })) : [];
    });
  }
  return [];
}

/** The public addresses of a load-balancer. */
function addressesIn(vips: Value): readonly string[] {
  return isMap(vips) ? [...vips.keys()].flatMap((vip) => parseEndpoint(String(vip))?.ip ?? []) : [];
}

function rowsOf(snapshot: Snapshot, table: string, references: Value): readonly Row[] {
  if (!isSet(references)) return [];
  return [...references].flatMap((atom) =>
    typeof atom === 'string' && isUuid(atom) ? (snapshot.table(table).get(atom) ?? []) : [],
  );
}
