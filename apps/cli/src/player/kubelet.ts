import type { Pod, ResourceSet } from '@berth/api';
import type { Failure } from '@berth/core';
import type { Lab } from '@berth/lab';
import type { Cluster } from '../context/cluster.ts';

/** The last of what a kubelet does: it lets go of the pods whose network is gone. */
export type PlayedKubelet = {
  /** Ends the pods on their way out, each once. To be called when the lab is as the resources say. */
  end(resources: Pick<ResourceSet, 'Pod'>): Promise<void>;
};

/** Failures with which a node's kubelet does nothing, or is not heard. */
const silencing: ReadonlySet<Failure['kind']> = new Set(['host', 'notready', 'control']);

/**
 * Plays the kubelets of a lab's own cluster as far as a deletion needs them: without one, a pod that is bound to a node stays Terminating
 * for ever. Pods on nodes that are down are left as they are; those that name a node that the lab does not have go, as Kubernetes' collector of
 * orphaned pods sees to elsewhere.
 */
export function playKubelet(
  lab: Pick<Lab, 'nodeNames' | 'failures'>,
  admin: Cluster,
  onFault: (node: string, fault: unknown) => void,
): PlayedKubelet {
  const ended = new Set<string>();
  return {
    async end({ Pod: pods }) {
      const leave = leaving(pods, lab.nodeNames, lab.failures());
      const due = leave.filter(({ metadata }) => !ended.has(keyOf(metadata)));
      if (due.length === 0) return;
      const { endPods } = await import('@berth/source/kube');
      try {
        await endPods(admin, due);
        for (const { metadata } of due) ended.add(keyOf(metadata));
      } catch (fault) {
        onFault(due[0]?.spec.nodeName ?? '', fault);
      }
    },
  };
}

/** The pods that nothing holds: a healthy kubelet would let go of them now, or no kubelet will ever come to do it. */
export function leaving(
  pods: readonly Pod[],
  nodeNames: readonly string[],
  failures: readonly Failure[],
): readonly Pod[] {
  const silent = new Set(
    failures.flatMap((each) => ('node' in each && silencing.has(each.kind) ? [each.node] : [])),
  );
  const heard = new Set(nodeNames.filter((node) => !silent.has(node)));
  return pods.filter(
    ({ metadata, spec: { nodeName = '' } }) =>
      metadata.deletionTimestamp !== undefined && (heard.has(nodeName) || !nodeNames.includes(nodeName)),
  );
}

function keyOf({ namespace, name, uid }: Pod['metadata']): string {
  return [namespace, name, uid].join('/');
}
