import { parseEndpoint } from '@berth/net';
import { isMap, type Snapshot } from '@berth/ovsdb/value';
import type { Change, InterruptedFlow } from './change.ts';
import { isWitness } from './follower.ts';
import { gatewayMoves } from './interrupt-gateway.ts';
import { isUnusedPort, routerPortEffects, unboundEffects } from './interrupt-port.ts';
import { routingFlows } from './interrupt-routing.ts';
import { mapEntry } from './map-entry.ts';
import type { PlanInput } from './match.ts';

/**
 * Tells for each change whose traffic it interrupts. Only what OVN really interrupts counts: new rows, notes in
 * `external_ids`, and the order of standby gateways touch nobody's packets.
 */
export function withInterruptions(
  changes: readonly Change[],
  before: Snapshot,
  seen: Pick<PlanInput, 'nodeNames' | 'claims'> = {},
): readonly Change[] {
  const moves = gatewayMoves(changes, before, seen);
  const routing = routingFlows(changes, before);
  return changes.map((change) => {
    const flows =
      change.table === 'Gateway_Chassis'
        ? (moves.get(change.uuid) ?? [])
        : [...(moves.get(change.uuid) ?? []), ...(routing(change) ?? rowFlows(change, before, seen))];
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
      type: 'becomes a port of another type: what uses it stops',
      'options:router-port': 'leads to another router port',
      addresses: readdress,
      tag: 'leaves its VLAN for another',
      'options:network_name': 'leaves its network for another',
    },
  },
  Bridge: { onDelete: 'the node leaves the external network', onUpdate: {} },
  Port: { onDelete: 'the port stops', onUpdate: {} },
};

function rowFlows(
  change: Change,
  before: Snapshot,
  seen: Pick<PlanInput, 'nodeNames' | 'claims'>,
): readonly InterruptedFlow[] {
  if (change.table === 'Load_Balancer') return [...forwardFlows(change), ...leavingFlows(change, before)];
  if (change.table === 'NAT' && isIdlePort(change, before)) return [];
  if (isWitness(change) || isUnusedPort(change, before)) return [];
  const rule = rules[change.table];
  if (!rule || !change.cause || change.verb === 'insert') return [];
  if (change.verb !== 'delete')
    return [
      ...updateFlows(rule, change, before),
      ...flowsOf(change, unboundEffects(change, before, seen)),
      ...leavingFlows(change, before),
    ];
  return flowsOf(change, [sourceNatEffect(change) ?? rule.onDelete]);
}

function flowsOf(change: Change, effects: readonly string[]): readonly InterruptedFlow[] {
  const object = change.cause;
  const externalIp = change.table === 'NAT' ? change.key.at(-2) : undefined;
  if (!object) return [];
  return [...new Set(effects)].map((effect) => ({ object, externalIp, effect }));
}

function updateFlows(rule: Rule, change: Change, before: Snapshot): readonly InterruptedFlow[] {
  const effects = updateEffects(rule, change);
  const ofRouter = routerPortEffects(change, before);
  if (!ofRouter) return flowsOf(change, effects);
  return flowsOf(change, [...effects.filter((effect) => effect !== readdress), ...ofRouter]);
}

/** The routers and switches that a row leaves, which had it though another is to hold it. */
function leavingFlows(change: Change, before: Snapshot): readonly InterruptedFlow[] {
  if (change.verb === 'delete') return [];
  const names = (change.formerParents ?? []).map(({ table, uuid }) =>
    String(before.table(table).get(uuid)?.['name'] ?? uuid),
  );
  return flowsOf(
    change,
    names.map((name) => `leaves ${name}: what uses it there stops`),
  );
}

/** A port without a MAC beside it does nothing, before and after (ovn-nb(5), NAT logical_port). */
function isIdlePort({ verb, uuid, columns }: Change, before: Snapshot): boolean {
  if (verb === 'delete' || columns['external_mac'] || columns['logical_ip']) return false;
  return before.table('NAT').get(uuid)?.['external_mac'] === undefined;
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
    const now = mapEntry(after, vip);
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
