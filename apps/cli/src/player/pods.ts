import type { ResourceSet } from '@berth/api';
import { type Failure, portHolders, workloadName } from '@berth/core';
import { podNetns } from '@berth/lab';

/** The pods that have an address, by node: network namespaces by namespace and name of the workload, as an IP has them. */
export function podsByNode(
  { Pod, IP }: ResourceSet,
  nodes: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const placed = new Map(IP.map(({ spec }) => [`${spec.namespace}/${spec.podName}`, spec.nodeName]));
  const byNode = new Map(nodes.map((node) => [node, new Map<string, string>()]));
  for (const pod of portHolders(Pod)) {
    const { name, namespace = 'default', deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) continue;
    const workload = `${namespace}/${workloadName(pod)}`;
    byNode.get(placed.get(workload) ?? '')?.set(workload, podNetns(namespace, name));
  }
  return byNode;
}

/** Nodes whose agent cannot act, or must not undo what was broken on purpose. */
export function unreachableNodes(failures: readonly Failure[]): ReadonlySet<string> {
  const kinds = new Set(['host', 'vswitchd', 'agent', 'mapping']);
  return new Set(
    failures.flatMap((failure) => ('node' in failure && kinds.has(failure.kind) ? [failure.node] : [])),
  );
}

/** Those of the nodes that no failure names. */
export function healthyNodes(failures: readonly Failure[], nodes: readonly string[]): readonly string[] {
  const troubled = new Set(failures.flatMap((failure) => ('node' in failure ? [failure.node] : [])));
  return nodes.filter((node) => !troubled.has(node));
}
