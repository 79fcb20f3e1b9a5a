import type { Lab } from '@berth/lab';
import { type AgentBoard, folderAgentBoard } from '@berth/source';
import { agentUser } from '../context/cluster.ts';
import type { SessionOptions } from '../context/session.ts';

/** Opens the board of a node's agent. */
export type BoardOf = (node: string) => AgentBoard;

/**
 * Where the agents of a lab's nodes report: to the cluster that is run, each as itself, or beside the state of the
 * folder. On a cluster that is not the lab's own they are whoever runs it.
 */
export async function agentBoards(
  lab: Pick<Lab, 'kube'>,
  { cluster, place: { stateFolder } }: Pick<SessionOptions, 'cluster' | 'place'>,
): Promise<BoardOf> {
  if (!cluster) return (node) => folderAgentBoard({ stateFolder, node });
  const { kubeAgentBoard } = await import('@berth/source/kube');
  const { kubeconfigs = {} } = lab.kube ?? {};
  const isOfLab = Object.values(kubeconfigs).includes(cluster.kubeconfig ?? '');
  return (node) => {
    const kubeconfig = isOfLab ? kubeconfigs[agentUser(node)] : undefined;
    return kubeAgentBoard({ node, ...(kubeconfig === undefined ? cluster : { kubeconfig }) });
  };
}
