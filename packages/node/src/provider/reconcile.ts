import { type Change, operations } from '@berth/core';
import type { Operation, Snapshot } from '@berth/ovsdb/value';
import type { Host } from '../host/host.ts';
import { readDefaultRoutes, readLinks } from '../host/link.ts';
import type { NodeDatabase } from '../ovs/node-database.ts';
import { idOf, rootOf } from '../ovs/row.ts';
import { mappingsKey } from './mapping-change.ts';
import { type ProviderPlan, planProviders } from './plan.ts';
import type { ProviderInput } from './uplink.ts';

/**
 * Brings the provider bridges of a node into the wanted state. Programs run only while a NIC is to be taken (three) or
 * is down (one). Throws `HostFault`, `OvsdbFault`.
 */
export async function reconcileProviders(
  host: Host,
  db: NodeDatabase,
  input: Omit<ProviderInput, 'node' | 'observed' | 'survey'>,
): Promise<ProviderPlan> {
  const known = { ...input, node: host.node, observed: db.snapshot() };
  const first = planProviders(known);
  const planned =
    first.unknownNics.length === 0 ? first : planProviders({ ...known, survey: await survey(host) });
  for (const { nic } of planned.uplinks.filter(({ isUp }) => !isUp)) {
    await host.run(['ip', 'link', 'set', 'dev', nic, 'up']);
  }
  if (planned.changes.length > 0) {
    await db.transact([...mappingGuard(known.observed, planned.changes), ...operations(planned.changes)]);
  }
  return planned;
}

async function survey(host: Host): Promise<NonNullable<ProviderInput['survey']>> {
  const [links, defaultRoutes] = await Promise.all([readLinks(host), readDefaultRoutes(host)]);
  return { links, defaultRoutes };
}

/** Others write mappings into the same text: ours is only right while theirs is still what we read. */
function mappingGuard(observed: Snapshot, changes: readonly Change[]): readonly Operation[] {
  const root = rootOf(observed);
  const before = root && idOf(root, mappingsKey);
  if (!root || before === undefined || !changes.some(({ table }) => table === 'Open_vSwitch')) return [];
  return [
    {
      op: 'wait',
      table: 'Open_vSwitch',
      where: [
        ['_uuid', '==', root._uuid],
        ['external_ids', 'includes', new Map([[mappingsKey, before]])],
      ],
      columns: ['_uuid'],
      until: '==',
      rows: [{ _uuid: root._uuid }],
      timeoutMs: 0,
    },
  ];
}
