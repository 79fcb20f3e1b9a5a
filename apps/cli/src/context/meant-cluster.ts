import type { Options } from '../tree/options.ts';
import type { Cluster, controllerUser } from './cluster.ts';
import { meansCluster, type TwoSources } from './lab-lead.ts';

/** What says which cluster is meant, or that none is. */
type Asked = Pick<Options, 'kube' | 'kubeconfig' | 'context' | 'filename' | 'state'>;

/**
 * The cluster that is meant: that of `--kubeconfig` or `--context`; with `--kube` alone the lab's, or the one of the environment. Of
 * a lab that has a cluster that one is meant without a flag, too, unless a folder or a state is named, or a folder was applied to the
 * lab before and the cluster does not lead now. Undefined when none is. On a lab's API server we are `user`.
 */
export async function clusterOf(
  asked: Asked,
  place: TwoSources,
  user: 'admin' | typeof controllerUser = 'admin',
): Promise<Cluster | undefined> {
  const { kube, kubeconfig, context, filename, state } = asked;
  if (kubeconfig !== undefined || context !== undefined) return { kubeconfig, context };
  const own = place.lab?.kube?.kubeconfigs[user];
  const cluster = { kubeconfig: own, context: undefined };
  if (kube === true) return cluster;
  if (own === undefined || filename !== undefined || state !== undefined) return undefined;
  return (await meansCluster(place)) ? cluster : undefined;
}
