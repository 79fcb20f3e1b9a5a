import { parseEndpoint } from '@berth/net';
import { isMap, isSet, isUuid, type Row, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import type { ObjectRef } from '../finding/finding.ts';
import type { Change, InterruptedFlow } from './change.ts';
import { routingFlows } from './interrupt-routing.ts';
import { causeOf } from './observed.ts';

/**
 * Tells for each change whose traffic it interrupts. Only what OVN really interrupts counts: new rows, notes in
 * `external_ids`, and the order of standby gateways touch nobody's packets.
 */
export function withInterruptions(changes: readonly Change[], before: Snapshot): readonly Change[] {
  const moves = gatewayMoves(changes, before);
  const routing = routingFlows(changes, before);
  return changes.map((change) => {
    const flows =
      change.table === 'Gateway_Chassis'
        ? (moves.get(change.uuid) ?? [])
        : (routing(change) ?? rowFlows(change));
    return { ...change, interrupts: flows.length > 0 ? { flows } : null };
  });
}

type Rule = { readonly onDelete: string; readonly onUpdate: Readonly<Record<string, string>> };

const place = 'answers from another place: new connections wait for the announcement, about 1 s';
const readdress = 'the address changes: connections end';

/** What users notice when a row goes, or when one of its columns changes. */
const rules: Readonly<Record<string, Rule>> = {
  NAT: {
    onDelete: 'the address stops answering',
    onUpdate: {
      logical_ip: 're-pointed: established connections end',
      external_mac: place,
      logical_port: place,
    },
  },
  Logical_Router: { onDelete: 'the whole VPC stops', onUpdate: {} },
  Logical_Router_Port: {
    onDelete: 'the router leaves the subnet',
    onUpdate: { mac: readdress, networks: readdress },
  },
  Logical_Switch: { onDelete: 'the whole subnet stops', onUpdate: {} },
  Logical_Switch_Port: {
    onDelete: 'the port stops',
    onUpdate: {
      addresses: readdress,
      tag: 'leaves its VLAN for another',
      'options:network_name': 'leaves its network for another',
    },
  },
  Bridge: { onDelete: 'the node leaves the external network', onUpdate: {} },
  Port: { onDelete: 'the port stops', onUpdate: {} },
};

function rowFlows(change: Change): readonly InterruptedFlow[] {
  if (change.table === 'Load_Balancer') return forwardFlows(change);
  const rule = rules[change.table];
  if (!rule || !change.cause || change.verb === 'insert') return [];
  const onDelete = sourceNatEffect(change) ?? rule.onDelete;
  const effects = change.verb === 'delete' ? [onDelete] : updateEffects(rule, change);
  const object = change.cause;
  const externalIp = change.table === 'NAT' ? change.key.at(-2) : undefined;
  return [...new Set(effects)].map((effect) => ({ object, externalIp, effect }));
}

/** What the end of an SNAT means; undefined for another row. */
function sourceNatEffect({ table, key }: Change): string | undefined {
  const [type, , source] = table === 'NAT' ? key.slice(-3) : [];
  return type === 'snat' ? `connections of ${source} to the outside end` : undefined;
}

/** The forwarded ports that go or lead elsewhere; one that comes interrupts nothing. */
function forwardFlows({ verb, columns, cause }: Change): readonly InterruptedFlow[] {
  if (!cause || verb === 'insert') return [];
  const [before, after] = [columns['vips']?.old, columns['vips']?.new];
  if (!isMap(before)) {
    const effect = 'the protocol changes: the port stops answering';
    return columns['protocol'] ? [{ object: cause, externalIp: undefined, effect }] : [];
  }
  return [...before].flatMap(([vip, backend]) => {
    const now = isMap(after) ? after.get(vip) : undefined;
    if (now === backend) return [];
    const effect = now === undefined ? 'stops answering' : 're-pointed: established connections may end';
    const externalIp = parseEndpoint(String(vip))?.ip;
    return [{ object: cause, externalIp, effect: `${vip} ${effect}` }];
  });
}

function updateEffects(rule: Rule, { columns }: Change): readonly string[] {
  return Object.entries(rule.onUpdate).flatMap(([path, effect]) => {
    const [column = '', key] = path.split(':');
    const changed = columns[column];
    if (!changed) return [];
    if (key === undefined) return [effect];
    return mapEntry(changed.old, key) === mapEntry(changed.new, key) ? [] : [effect];
  });
}

function mapEntry(value: Value, key: string): unknown {
  return isMap(value) ? value.get(key) : undefined;
}

/** The changes that make another chassis the preferred one of its group, with the flows that move along. */
function gatewayMoves(
  changes: readonly Change[],
  before: Snapshot,
): ReadonlyMap<Uuid, readonly InterruptedFlow[]> {
  const members = changes.filter(({ table, verb }) => table === 'Gateway_Chassis' && verb !== 'adopt');
  const moves = new Map<Uuid, readonly InterruptedFlow[]>();
  if (members.length === 0) return moves;
  for (const port of before.table('Logical_Router_Port')) {
    const group = rowsOf(before, 'Gateway_Chassis', port['gateway_chassis']);
    const own = new Set([
      ...group.map(({ _uuid }) => _uuid),
      ...members.filter(({ parent }) => parent?.uuid === port._uuid).map(({ uuid }) => uuid),
    ]);
    const touching = members.filter(({ uuid }) => own.has(uuid));
    const was = preferred(group.map((row) => ({ chassis: row['chassis_name'], priority: row['priority'] })));
    const after = preferred(afterChanges(group, touching));
    if (touching.length === 0 || was === undefined || was === after) continue;
    const flows = centralizedFlows(before, port._uuid, was, after);
    for (const { uuid } of touching) moves.set(uuid, flows);
  }
  return moves;
}

type Member = { readonly chassis: Value; readonly priority: Value };

function afterChanges(group: readonly Row[], changes: readonly Change[]): readonly Member[] {
  const byUuid = new Map(changes.map((change) => [change.uuid, change]));
  const kept = group
    .filter(({ _uuid }) => byUuid.get(_uuid)?.verb !== 'delete')
    .map((row) => ({
      chassis: row['chassis_name'],
      priority: byUuid.get(row._uuid)?.columns['priority']?.new ?? row['priority'],
    }));
  const added = changes
    .filter(({ verb }) => verb === 'insert')
    .map(({ columns }) => ({ chassis: columns['chassis_name']?.new, priority: columns['priority']?.new }));
  return [...kept, ...added];
}

/** The member with the highest priority above 0; 0 is the keeper's. */
function preferred(members: readonly Member[]): Value {
  const real = members.filter(({ priority }) => typeof priority === 'number' && priority > 0);
  return real.sort((left, right) => Number(right.priority) - Number(left.priority))[0]?.chassis;
}

/** Flows of the router that pass the gateway: every NAT that is not bound to a workload's chassis, every forwarded port. */
function centralizedFlows(
  before: Snapshot,
  portUuid: Uuid,
  was: Value,
  after: Value,
): readonly InterruptedFlow[] {
  const effect =
    after === undefined
      ? `the last gateway ${was} goes`
      : `the gateway moves from ${was} to ${after}: about 1 s`;
  for (const router of before.table('Logical_Router')) {
    const ports = router['ports'];
    if (!isSet(ports) || !ports.has(portUuid)) continue;
    const nats = rowsOf(before, 'NAT', router['nat'])
      .filter((nat) => nat['external_mac'] === undefined || nat['logical_port'] === undefined)
      .filter((nat) => nat['gateway_port'] === undefined || nat['gateway_port'] === portUuid)
      .map((nat) => ({ row: nat, addresses: [String(nat['external_ip'])] }));
    const forwards = rowsOf(before, 'Load_Balancer', router['load_balancer']).map((row) => ({
      row,
      addresses: addressesIn(row['vips']),
    }));
    return [...nats, ...forwards].flatMap(({ row, addresses }) => {
      const object: ObjectRef | undefined = causeOf(row);
      return object ? addresses.map((externalIp) => ({ object, externalIp, effect })) : [];
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
