import { type Lead, leadIn } from '@berth/engine';
import type { NbTables } from '@berth/ovn';
import { openDatabase } from '@berth/ovsdb';
import { recordedEpoch, recordedFolder } from '@berth/source';
import { awaiting, sayAside } from './aside.ts';
import { clusterOfLab, leaseOf } from './cluster.ts';
import { databases } from './database-source.ts';
import type { Place } from './place.ts';

/** A lab with a cluster, where a folder may have been applied as well. */
export type TwoSources = Pick<Place, 'lab' | 'stateFolder' | 'remotes' | 'instance'>;

/** How long NB may take to say who leads, ms. It is on this machine. */
const answerMs = 5_000;

/**
 * Whether a lab's cluster is meant where nothing is said: no folder was applied there, or the cluster leads by now. Where there are both it is said
 * aside which one is asked, and how to ask the other.
 */
export async function meansCluster(place: TwoSources): Promise<boolean> {
  const { lab, stateFolder } = place;
  // Also where it cannot be read now.
  const recorded = await recordedFolder(stateFolder).catch(() => '');
  if (recorded === undefined) return true;
  const isCluster = await clusterLeads(place);
  const folder = recorded === '' ? 'the folder that was applied' : `the folder ${recorded}`;
  sayAside(
    isCluster
      ? `asking the cluster of lab/${lab?.name}, which leads; to ask ${folder}: --state ${stateFolder}`
      : `asking ${folder}; to ask the cluster of lab/${lab?.name}, which does not lead: --kube`,
  );
  return isCluster;
}

/** By the name in NB; where that says neither, or NB does not answer, who raised the epoch last has the higher one. */
async function clusterLeads(place: TwoSources): Promise<boolean> {
  const { stateFolder } = place;
  const lead = await leadInNb(place).catch(() => undefined);
  if (lead?.name !== undefined) return lead.name.startsWith('cluster/');
  const [lease, own] = await Promise.all([
    leaseOf(clusterOfLab(place)),
    recordedEpoch(stateFolder).catch(() => 0),
  ]);
  return (lease?.epoch ?? 0) > own;
}

/** Who leads, as NB says it. Throws where it does not answer. */
async function leadInNb({ remotes, instance }: TwoSources): Promise<Lead | undefined> {
  if (!remotes) return undefined;
  const opening = openDatabase<NbTables>({
    ...{ remotes: remotes.nb.split(','), database: databases.nb.name, signal: AbortSignal.timeout(answerMs) },
  });
  await using database = await awaiting(`NB ${remotes.nb}`, opening);
  const replica = await database.monitor({ tables: { NB_Global: 'all' } });
  return leadIn(replica.snapshot(), instance);
}
