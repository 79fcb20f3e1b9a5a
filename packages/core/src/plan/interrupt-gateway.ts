import { parseEndpoint } from '@berth/net';
import { isMap, isSet, type Row, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import { gatewayClaim } from '../fabric/fabric.ts';
import type { ObjectRef } from '../finding/finding.ts';
import type { Change, InterruptedFlow } from './change.ts';
import { active, afterChanges, memberOf, movers, overrulingMembers, rowsOf } from './gateway-members.ts';
import type { PlanInput } from './match.ts';
import { causeOf } from './observed.ts';

/** Names of nodes by chassis; a chassis of none is called as it is. */
export type NodeNames = ReadonlyMap<string, string>;

/**
 * The changes that make another chassis the active gateway of a router port, with the flows that move along. A change of
 * a standby or of the keeper has none, even where the active gateway moves in the same plan; nor has one that puts first who serves already,
 * as when the first in line is down.
 */
export function gatewayMoves(
  changes: readonly Change[],
  before: Snapshot,
  { nodeNames = new Map(), claims = new Map() }: Pick<PlanInput, 'nodeNames' | 'claims'> = {},
): ReadonlyMap<Uuid, readonly InterruptedFlow[]> {
  const members = changes.filter(
    ({ table, verb, columns }) =>
      table === 'Gateway_Chassis' && (verb !== 'adopt' || columns['priority'] !== undefined),
  );
  const unruled = new Set(
    changes.filter(({ columns }) => columns['ha_chassis_group']).map(({ uuid }) => uuid),
  );
  const causes = new Map(changes.map(({ uuid, cause }) => [uuid, cause]));
  const moves = new Map<Uuid, readonly InterruptedFlow[]>();
  if (members.length === 0 && unruled.size === 0) return moves;
  const nameOf = (chassis: Value): string => nodeNames.get(String(chassis)) ?? String(chassis);
  for (const port of before.table('Logical_Router_Port')) {
    const serving = gatewayClaim({ claims }, String(port['name']));
    const move = moveOf(port, { members, unruled, before, nameOf, serving });
    if (!move) continue;
    const flows = centralizedFlows(before, port._uuid, move.effects, causes);
    for (const uuid of move.by) moves.set(uuid, flows);
  }
  return moves;
}

type Scene = {
  /** Changes of members. */
  readonly members: readonly Change[];
  /** Router ports that name no HA_Chassis_Group any more. */
  readonly unruled: ReadonlySet<Uuid>;
  readonly before: Snapshot;
  readonly nameOf: (chassis: Value) => string;
  /** The chassis that SB says acts as the gateway now: the first in line may be down. */
  readonly serving: string | undefined;
};

type Move = { readonly by: readonly Uuid[]; readonly effects: Effects };

/** What the changes mean for the gateway of a router port, and which of them; undefined where it stays. */
function moveOf(port: Row, { members, unruled, before, nameOf, serving }: Scene): Move | undefined {
  const group = rowsOf(before, 'Gateway_Chassis', port['gateway_chassis']).map(memberOf);
  const own = new Set(group.map(({ uuid }) => uuid));
  const touching = members.filter(({ uuid, parent }) => own.has(uuid) || parent?.uuid === port._uuid);
  const after = active(afterChanges(group, touching));
  const overruling = overrulingMembers(before, port);
  if (overruling) {
    const ruled = active(overruling);
    if (!unruled.has(port._uuid) || (ruled !== undefined && ruled === after)) return undefined;
    return { by: [port._uuid], effects: movedTo(ruled, after, nameOf) };
  }
  const was = active(group);
  if (touching.length === 0 || was === undefined) return undefined;
  if (was !== after) {
    if (serving !== undefined && serving === after) return undefined;
    const by = movers(group, touching, was, after).map(({ uuid }) => uuid);
    return { by, effects: movedTo(serving ?? was, after, nameOf) };
  }
  const second = group.length === 1 && touching.find(({ verb }) => verb === 'insert');
  return second ? { by: [second.uuid], effects: bfdStarts(nameOf(was)) } : undefined;
}

/** What users notice: of what the old gateway's conntrack holds, and of the rest. */
type Effects = { readonly effect: string; readonly tracked: string };

function movedTo(was: Value, after: Value, nameOf: (chassis: Value) => string): Effects {
  if (after === undefined) return same(`the last gateway ${nameOf(was)} goes`);
  const from = was === undefined ? '' : ` from ${nameOf(was)}`;
  const effect = `the gateway moves${from} to ${nameOf(after)}: about 1 s`;
  return { effect, tracked: `${effect}, and established connections may end` };
}

/** A group of one is not watched by BFD, and one of two is not active before BFD is up. */
function bfdStarts(only: string): Effects {
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
