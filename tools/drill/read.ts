import { type ExternalFlow, type Fabric, fabricOf, flowsOf } from '@berth/core';
import { crossings, type Lab } from '@berth/lab';
import type { NbTables, SbTables } from '@berth/ovn';
import { openDatabase } from '@berth/ovsdb';
import type { Snapshot, Tables } from '@berth/ovsdb/value';
import { shuffled } from './random.ts';
import type { Topology } from './topology.ts';

/** How many conversations between workloads a lab tries: the next lab tries others. */
const crossingsAtMost = 64;

/** What the analysis knows of a stage: read from NB and SB, as from any OVN. */
export async function readStage(
  lab: Lab,
  { nodes }: Topology,
  random: () => number,
): Promise<{ readonly fabric: Fabric; readonly flows: readonly ExternalFlow[] }> {
  const [nb, sb] = await Promise.all([
    read<NbTables>(lab.nbRemote, 'OVN_Northbound'),
    read<SbTables>(lab.sbRemote, 'OVN_Southbound'),
  ]);
  const fabric = fabricOf(nb, sb);
  const flows = flowsOf(nb, fabric);
  const chassis = nodes.flatMap((node) => lab.plan.nodes.find(({ name }) => name === node)?.systemId ?? []);
  const between = shuffled(crossings(flows, fabric, chassis), random);
  return { fabric, flows: [...flows, ...between.slice(0, crossingsAtMost)] };
}

async function read<T extends Tables>(remote: string, database: string): Promise<Snapshot<T>> {
  await using db = await openDatabase<T>({ remotes: remote.split(','), database });
  const replica = await db.monitor({ tables: 'all' });
  return replica.snapshot() as Snapshot<T>;
}
