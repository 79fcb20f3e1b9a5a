import { awaitingCluster } from './await-cluster.ts';
import { type Cluster, controllerLease } from './cluster.ts';

/** Whether a controller of Berth's is at work. */
export type ControllerState = {
  /** Null where it cannot be told. */
  readonly running: boolean | null;
  /** Runs, but was stopped, as by SIGSTOP, and does nothing. */
  readonly stopped: boolean;
};

/** Where nobody can tell: of saved databases, of a state that was never used, and of a state or a Lease that cannot be read. */
export const controllerUnknown: ControllerState = { running: null, stopped: false };

/** Where none runs. */
export const controllerNone: ControllerState = { running: false, stopped: false };

/** Whether a controller runs and will act on what changes. */
export function isAtWork({ running, stopped }: ControllerState): boolean {
  return running === true && !stopped;
}

/** Whether a controller holds a state or leads a cluster. */
export function controllerOf(cluster: Cluster | undefined, stateFolder: string): Promise<ControllerState> {
  return cluster ? leaderOf(cluster) : holderOf(stateFolder);
}

async function holderOf(stateFolder: string): Promise<ControllerState> {
  const { recordedFolder, stateHolder } = await import('@berth/source');
  const holder = await stateHolder(stateFolder).catch(() => null);
  if (holder === null || holder?.elsewhere) return controllerUnknown;
  if (!holder) {
    const folder = await recordedFolder(stateFolder).catch(() => '');
    // Where the state was never used, whoever looks after the OVN keeps what it stores elsewhere.
    return folder === undefined ? controllerUnknown : controllerNone;
  }
  // A command that holds the state while it works will not be there when something fails.
  if (holder.passing && !holder.stopped) return controllerNone;
  return { running: holder.running, stopped: holder.stopped ?? false };
}

/** Whether somebody holds the Lease of a cluster and renews it. */
async function leaderOf(cluster: Cluster): Promise<ControllerState> {
  const { leaseHolder } = await import('@berth/source/kube');
  const ask = () => leaseHolder(cluster, controllerLease, Date.now()).catch(() => null);
  const holder = await awaitingCluster(cluster, ask);
  return holder === null ? controllerUnknown : { running: holder !== undefined, stopped: false };
}
