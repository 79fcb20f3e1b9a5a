import type { Node, ProviderNetwork } from '@berth/api';
import { targets } from '@berth/core';

/** The node of this name; one without labels when there is no such object (yet). */
export function nodeNamed(name: string, nodes: readonly Node[]): Node {
  const found = nodes.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const metadata = { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
  return { apiVersion: 'v1', kind: 'Node', metadata, spec: {} };
}

/**
 * The NIC that leads to a network on a node: that of the first entry of `spec.customInterfaces` which names the node,
 * else `spec.defaultInterface`; undefined when the network leaves the node out.
 */
export function nicOn(network: ProviderNetwork, node: Node): string | undefined {
  if (!targets(network, node)) return undefined;
  const { customInterfaces = [], defaultInterface } = network.spec;
  const custom = customInterfaces.find(({ nodes }) => nodes.includes(node.metadata.name));
  return custom?.interface ?? defaultInterface;
}
