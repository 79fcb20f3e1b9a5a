import type { PodReader } from '@berth/node';
import { type AgentBoard, folderAgentBoard, folderReader, type Reader } from '@berth/source';
import type { RightsObserver } from '@berth/source/kube';
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
 * one: every node has an agent. `told` gets a line for each right that turns out to be missing, and when it is there.
 *
 * @throws SourceFault `cluster-config`
 */
export async function openPlace(
  inputs: Inputs,
  node: string,
  {
    now,
    attachesPods,
    told,
    rightsSettleMs,
  }: {
    now(): string;
    readonly attachesPods: boolean;
    told(line: string): void;
    /** How long a right has to be missing before it is told; the usual time by default. */
    readonly rightsSettleMs?: number;
  },
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
  const kube = await import('@berth/source/kube');
  const { agentInputs, KubeReader, kubeAgentBoard, oneObject, podsOfNode } = kube;
  const observer: RightsObserver = {
    missing: (right) => {
      const { message, cure } = kube.missingRightText(right);
      told(`error    forbidden: ${message}; ${cure}`);
    },
    granted: (right) => told(`resolved forbidden: allowed now: ${kube.formatRight(right)}`),
  };
  const { called } = new kube.MissingRights(observer, rightsSettleMs);
  const cluster = { kubeconfig: inputs.kubeconfig, context: inputs.context, observe: { called } };
  const follow = new Map(agentInputs.map((kind) => [kind, kind === 'Node' ? oneObject(node) : undefined]));
  return {
    reader: new KubeReader({ ...cluster, follow }),
    board: kubeAgentBoard({ ...cluster, node }),
    pods: attachesPods ? new KubeReader({ ...cluster, follow: podsOfNode(node) }) : undefined,
  };
}
