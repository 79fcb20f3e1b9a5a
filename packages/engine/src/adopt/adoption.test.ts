import { type Fabric, fabricOf, type Plan } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { changeSnapshot, type Snapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { folderReader } from '@berth/source';
import { beforeAll, expect, test } from 'vitest';
import { tried } from '../pass/check-plan.ts';
import { memoryOf } from '../pass/memory.ts';
import { settle } from '../pass/prepare.ts';
import { type AdoptionInput, adoptionOf } from './adoption.ts';

const folder = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const settings = { instance: 'default', defaultExternalSubnet: 'external' };
const names = ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'];
const [workload = ''] = names;
const byHand = '00000000-0000-4000-8000-0000000000aa' as Uuid;

/** A router port and its group as NB has it. */
type Group = { readonly port: NbTables['Logical_Router_Port']; readonly members: ReadonlySet<Uuid> };

let input: AdoptionInput;
beforeAll(async () => {
  await using reader = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  const { resources: listed } = await reader.list();
  const resources = {
    ...listed,
    OvnFip: listed.OvnFip.map((fip) => ({ ...fip, spec: { ...fip.spec, type: 'centralized' as const } })),
  };
  const chassis = names.map((hostname, place) => ({
    _uuid: `00000000-0000-4000-8000-00000000000${place + 1}` as Uuid,
    ...{ name: `chassis-${hostname}`, hostname },
    other_config: new Map([['ovn-bridge-mappings', 'external0:br-external0,external:br-external']]),
  }));
  const sb = snapshotOf<SbTables>(sbSchema, { Chassis: chassis });
  const empty = snapshotOf<NbTables>(nbSchema, {});
  const before = settle(resources, fabricOf(empty, sb), settings);
  const observed = carriedOut(memoryOf(settings).planner.plan(before.result.intent, empty), empty);
  const { port, members } = groupIn(observed);
  const member: NbTables['Gateway_Chassis'] = {
    ...{ _uuid: byHand, name: `${port.name}-chassis-${workload}`, chassis_name: `chassis-${workload}` },
    ...{ priority: 200, options: new Map(), external_ids: new Map() },
  };
  const nb = changeSnapshot(observed, [
    { table: 'Gateway_Chassis', changes: [{ uuid: byHand, after: member }] },
    {
      table: 'Logical_Router_Port',
      changes: [
        {
          uuid: port._uuid,
          before: port,
          after: { ...port, gateway_chassis: new Set([...members, byHand]) },
        },
      ],
    },
  ]);
  const fabric: Fabric = {
    ...fabricOf(nb, sb),
    claims: new Map([[`cr-${port.name}`, `chassis-${workload}`]]),
  };
  input = { resources: before.resources, fabric, observed: nb, settings };
});

function groupIn(nb: Snapshot<NbTables>): Group {
  const port = [...nb.table('Logical_Router_Port')].find(({ gateway_chassis: group }) => group.size > 0);
  if (!port) throw new Error('no gateway port');
  return { port, members: port.gateway_chassis };
}

function carriedOut({ changes }: Plan, nb: Snapshot<NbTables>): Snapshot<NbTables> {
  const outcome = tried(changes, nb);
  if (outcome.kind !== 'committed') throw new Error('refused');
  return outcome.snapshot;
}

test('a member that serves and nobody chose is taken over where it is; that it leaves then is shown, from node to node', () => {
  const { plan, afterwards } = adoptionOf(input);
  expect(plan.changes.map(({ verb, table, uuid }) => [verb, table, uuid])).toContainEqual([
    'adopt',
    'Gateway_Chassis',
    byHand,
  ]);
  expect(plan.changes.filter(({ verb }) => verb === 'delete')).toEqual([]);
  expect(afterwards.filter(({ verb }) => verb === 'delete').map(({ uuid }) => uuid)).toEqual([byHand]);
  // Where no agent tells of BFD the next one comes first at once.
  const flows = [...plan.changes, ...afterwards].flatMap(({ interrupts }) => interrupts?.flows ?? []);
  expect(flows.map(({ externalIp }) => externalIp)).toEqual(['10.9.101.9']);
  expect(flows[0]?.effect).toMatch(/^the gateway moves from vnode-103-176 to vnode-1\d\d-\d+: about 1 s$/);
});
