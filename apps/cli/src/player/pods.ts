import type { ResourceSet } from '@berth/api';
import type { Failure } from '@berth/core';
import { podNetns } from '@berth/lab';

/** The pods that have an address, by node: network namespaces by `namespace/name`. */
export function podsByNode(
  { Pod, IP }: ResourceSet,
  nodes: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const placed = new Map(IP.map(({ spec }) => [`${spec.namespace}/${spec.podName}`, spec.nodeName]));
  const byNode = new Map(nodes.map((node) => [node, new Map<string, string>()]));
  for (const { metadata } of Pod) {
    const namespace = metadata.namespace ?? 'default';
    if (metadata.deletionTimestamp !== undefined) continue;
    const pod = `${namespace}/${metadata.name}`;
    byNode.get(placed.get(pod) ?? '')?.set(pod, podNetns(namespace, metadata.name));
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
