import type { Options } from '../tree/options.ts';
import type { Cluster, controllerUser } from './cluster.ts';
import type { Place } from './place.ts';

/** What says which cluster is meant, or that none is. */
type Asked = Pick<Options, 'kube' | 'kubeconfig' | 'context' | 'filename' | 'state'>;

/**
 * The cluster that is meant: that of `--kubeconfig` or `--context`; with `--kube` alone the lab's, or the one of the environment. Of
 * a lab that has a cluster that one is meant without a flag, too, unless a folder or a state is named, or a folder was applied to the
 * lab before. Undefined when none is. On a lab's API server we are `user`.
 */
export async function clusterOf(
  asked: Asked,
  { lab, stateFolder }: Pick<Place, 'lab' | 'stateFolder'>,
  user: 'admin' | typeof controllerUser = 'admin',
): Promise<Cluster | undefined> {
  const { kube, kubeconfig, context, filename, state } = asked;
  if (kubeconfig !== undefined || context !== undefined) return { kubeconfig, context };
  const own = lab?.kube?.kubeconfigs[user];
  const cluster = { kubeconfig: own, context: undefined };
  if (kube === true) return cluster;
  if (own === undefined || filename !== undefined || state !== undefined) return undefined;
  return (await isApplied(stateFolder)) ? undefined : cluster;
}

/** Whether the objects of a folder are stored there, also where they cannot be read now. */
async function isApplied(stateFolder: string): Promise<boolean> {
  const { recordedFolder } = await import('@berth/source');
  const folder = await recordedFolder(stateFolder).catch(() => '');
  return folder !== undefined;
}
