import type { ClusterChoice } from '@berth/source/kube';
import { awaiting } from './aside.ts';

/** Waits for something of a cluster, see `awaiting`; `what` where it is more than an answer. */
export async function awaitingCluster<T>(
  cluster: ClusterChoice,
  work: () => Promise<T>,
  what?: string,
): Promise<T> {
  const { serverOf } = await import('@berth/source/kube');
  const where = `the API server${nameOf(cluster, serverOf)}`;
  return await awaiting(what === undefined ? where : `${what} on ${where}`, work());
}

/** Where it is, as far as its configuration can be read. What is wrong with that is told by whoever needs it. */
function nameOf(cluster: ClusterChoice, serverOf: (cluster: ClusterChoice) => string): string {
  try {
    return ` ${serverOf(cluster)}`;
  } catch {
    return '';
  }
}
