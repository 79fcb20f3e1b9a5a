import type { PodReader } from '@berth/node';
import { type AgentBoard, folderAgentBoard, folderReader, type Reader } from '@berth/source';
import type { Inputs } from './flags.ts';

/** Where the agent reads what its node is to be, and its board, if there is somebody to report to. */
export type AgentPlace = {
  readonly reader: Reader;
  readonly board: AgentBoard | undefined;
  /** The node's pods, their addresses and the subnets, where the agent attaches pods. */
  readonly pods: (Reader & PodReader) | undefined;
};

/**
 * Opens what the command line names. Of a cluster only what makes provider bridges is followed, and of its nodes only this
 * one: every node has an agent.
 *
 * @throws SourceFault `cluster-config`
 */
export async function openPlace(
  inputs: Inputs,
  node: string,
  { now, attachesPods }: { now(): string; readonly attachesPods: boolean },
): Promise<AgentPlace> {
  if (inputs.kind === 'folder') {
    const { folder, stateFolder } = inputs;
    return {
      reader: folderReader({ folder, stateFolder, now }),
      board: stateFolder === undefined ? undefined : folderAgentBoard({ stateFolder, node }),
      pods: undefined,
    };
  }
  // Imported only when it is asked for: what it takes is large.
  const { agentInputs, KubeReader, kubeAgentBoard, oneObject, podsOfNode } = await import(
    '@berth/source/kube'
  );
  const { kubeconfig, context } = inputs;
  const follow = new Map(agentInputs.map((kind) => [kind, kind === 'Node' ? oneObject(node) : undefined]));
  return {
    reader: new KubeReader({ kubeconfig, context, follow }),
    board: kubeAgentBoard({ kubeconfig, context, node }),
    pods: attachesPods ? new KubeReader({ kubeconfig, context, follow: podsOfNode(node) }) : undefined,
  };
}
