import { stateHolder } from '@berth/source';
import { type Cluster, controllerLease } from '../context/cluster.ts';
import type { StatusAnswer } from '../schema/status.ts';

/** Whether a controller holds the state, and whether it does anything. */
export async function controllerOf(
  stateFolder: string,
): Promise<Pick<StatusAnswer['controller'], 'running' | 'stopped'>> {
  const holder = await stateHolder(stateFolder);
  if (holder?.elsewhere) return { running: null, stopped: false };
  return { running: holder?.running ?? false, stopped: holder?.stopped ?? false };
}

/** Whether a controller holds the Lease of a cluster and renews it; null when we may not read it. */
export async function clusterController(
  cluster: Cluster,
): Promise<Pick<StatusAnswer['controller'], 'running' | 'stopped'>> {
  const { leaseHolder } = await import('@berth/source/kube');
  const holder = await leaseHolder(cluster, controllerLease, Date.now()).catch(() => null);
  return { running: holder === null ? null : holder !== undefined, stopped: false };
}
