import { formatRef, keptKey } from '@berth/api';
import type { Row, Snapshot, Value } from '@berth/ovsdb/value';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { list } from '../finding/list.ts';
import { finding, sortFindings } from '../finding/make.ts';
import { type Change, changedRow, type Plan } from './change.ts';
import { active, memberOf, rowsOf } from './gateway-members.ts';
import type { NodeNames } from './interrupt-gateway.ts';
import { mapEntry } from './map-entry.ts';

/**
 * The plan with a warning for each object that keeps no more what its rows were taken over with, or keeps something else now, and
 * whose rows change by that: from where to where. It stands in the one plan that moves it, so it is told once.
 */
export function withLifts(plan: Plan, before: Snapshot, nodeNames: NodeNames = new Map()): Plan {
  const lifts = plan.changes.flatMap((change) => liftOf(change, { plan, before, nodeNames }));
  return lifts.length === 0 ? plan : { ...plan, findings: sortFindings([...plan.findings, ...lifts]) };
}

type Scene = { readonly plan: Plan; readonly before: Snapshot; readonly nodeNames: NodeNames };

function liftOf(change: Change, scene: Scene): readonly Finding[] {
  const { verb, columns, cause } = change;
  const was = keptIn(columns['external_ids']?.old);
  const is = keptIn(columns['external_ids']?.new);
  if (verb !== 'update' || !cause || was === undefined || was === is) return [];
  const what = whatMoves(change, was, scene);
  if (what === undefined) return [];
  const name = formatRef(cause);
  return [
    finding('keep-lifted', {
      object: cause,
      message: `${is === undefined ? `${name} keeps no more what it was taken over with` : `what ${name} keeps is another`}: ${what}`,
      cure: cureOf(cause, was),
      rows: [changedRow(change)],
    }),
  ];
}

/** What the change of a row comes to, from what to what; undefined where nothing but the mark changes. */
function whatMoves(change: Change, was: string, scene: Scene): string | undefined {
  const { table, uuid, cause, columns } = change;
  if (table === 'NAT') return placeChange(change, scene.before.table('NAT').get(uuid), scene);
  if (cause?.kind === 'Vpc') {
    const told = [groupChange(change, was, scene), routeChange(change, was, scene)].filter(Boolean);
    return told.length === 0 ? undefined : told.join('; ');
  }
  const { mac } = columns;
  return mac && `the router's MAC changes from ${mac.old} to ${mac.new}`;
}

/** Where a floating IP ran and where it is to run; where that is one place, what else is not as it was. */
function placeChange({ columns, unit }: Change, row: Row | undefined, scene: Scene): string | undefined {
  const { external_mac: mac, logical_port: port, options } = columns;
  if (!mac && !port && !options) return undefined;
  const from = placeText(row?.['logical_port'], row?.['external_mac'], unit, scene);
  const to = placeText(
    port ? port.new : row?.['logical_port'],
    mac ? mac.new : row?.['external_mac'],
    unit,
    scene,
  );
  const address = String(row?.['external_ip'] ?? '');
  if (from !== to) return `${address} moves from ${from} to ${to}`;
  const others = [
    ...(mac?.old && mac.new ? [`the MAC that answers for it changes from ${mac.old} to ${mac.new}`] : []),
    ...(options ? ["OVN's conntrack takes or leaves its connections"] : []),
  ];
  return others.length === 0 ? undefined : `${address} stays at ${to}, and ${others.join(', and ')}`;
}

/** With both columns OVN runs the row at the workload, else at the gateway (ovn-nb(5), NAT). */
function placeText(port: Value, mac: Value, unit: string, { before, nodeNames }: Scene): string {
  if (port === undefined || mac === undefined) {
    const name = unit.slice(unit.indexOf('/') + 1);
    const router = [...before.table('Logical_Router')].find((each) => each['name'] === name);
    const groups = rowsOf(before, 'Logical_Router_Port', router?.['ports'])
      .map((each) => active(rowsOf(before, 'Gateway_Chassis', each['gateway_chassis']).map(memberOf)))
      .filter((chassis) => chassis !== undefined)
      .map((chassis) => nodeNames.get(String(chassis)) ?? String(chassis));
    return `the gateway (${[...new Set(groups), 'centralized'].join(', ')})`;
  }
  const [row] = before.table('Logical_Switch_Port').find({ name: port });
  const chassis = mapEntry(row?.['options'], 'requested-chassis');
  const node = chassis === undefined ? undefined : (nodeNames.get(String(chassis)) ?? String(chassis));
  return `the node of ${port} (${node === undefined ? '' : `${node}, `}distributed)`;
}

/** The gateways that were kept on one subnet, and whether the plan moves the one that serves. */
function groupChange(
  { uuid, key, cause }: Change,
  was: string,
  { plan, before, nodeNames }: Scene,
): string | undefined {
  const port = before.table('Logical_Router_Port').get(uuid);
  const own = new Set(rowsOf(before, 'Gateway_Chassis', port?.['gateway_chassis']).map(({ _uuid }) => _uuid));
  const members = plan.changes.filter(
    (each) => each.table === 'Gateway_Chassis' && (own.has(each.uuid) || each.parent?.uuid === uuid),
  );
  const [effect] = members.flatMap(({ interrupts }) => interrupts?.flows ?? []).map((flow) => flow.effect);
  const name = key.at(-1) ?? '';
  const nodes = knownOf(gatewaysOn(name, cause, was) ?? [], nodeNames);
  // What names no node that there is kept nothing.
  if (nodes.length === 0) return undefined;
  const follows = `the gateways of ${name} were kept as ${nodes.join(' > ')} and go by policy and labels now`;
  return effect === undefined ? follows : `${follows}; ${effect}`;
}

/** The default routes that come beside the one that was kept as it was found. */
function routeChange({ cause, columns }: Change, was: string, { plan }: Scene): string | undefined {
  const isKept = (text: string | undefined): boolean =>
    text !== undefined && keepIn(text).defaultRoute !== undefined;
  if (!isKept(was) || isKept(keptIn(columns['external_ids']?.new))) return undefined;
  const hops = plan.changes
    .filter(
      ({ table, verb, unit }) =>
        table === 'Logical_Router_Static_Route' && verb === 'insert' && unit === `vpc/${cause?.name}`,
    )
    .filter(({ columns: { ip_prefix: prefix } }) => prefix?.new === '0.0.0.0/0' || prefix?.new === '::/0')
    .map(({ columns: { nexthop } }) => String(nexthop?.new));
  return hops.length === 0
    ? undefined
    : `the default route was kept as it was found, and one to ${list(hops)} comes beside it`;
}

/** The nodes that a Vpc keeps on one of its router ports, by the mark of what it keeps; undefined where it keeps none there. */
export function gatewaysOn(
  port: unknown,
  vpc: ObjectRef | undefined,
  text: string,
): readonly string[] | undefined {
  const groups = Object.entries(keepIn(text).gateways ?? {});
  return groups.find(([subnet]) => port === `${vpc?.name}-${subnet}`)?.[1];
}

/** What an object keeps, by a mark that `keepText` wrote; nothing where that cannot be read. */
export function keepIn(text: string): {
  readonly gateways?: Readonly<Record<string, readonly string[]>>;
  readonly defaultRoute?: string;
  readonly routerMac?: string;
} {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** The nodes among those that are kept that there are; all where it is not known which there are. */
export function knownOf(kept: readonly string[], nodeNames: NodeNames | undefined): readonly string[] {
  if (!nodeNames || nodeNames.size === 0) return kept;
  const there = new Set(nodeNames.values());
  return kept.filter((node) => there.has(node));
}

/** The mark of what the object of a row keeps. */
export function keptIn(ids: Value): string | undefined {
  const text = mapEntry(ids, keptKey);
  return typeof text === 'string' ? text : undefined;
}

function cureOf(object: ObjectRef, was: string): string {
  return `nothing, if that is meant; else write the annotation berth.dev/keep of ${formatRef(object)} again: ${was}`;
}
