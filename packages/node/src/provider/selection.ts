import type { Node, ProviderNetwork } from '@berth/api';

/** A node as far as selectors see it. */
export type SelectableNode = { readonly name: string; readonly labels: Readonly<Record<string, string>> };

/** The node of this name among the resources; without labels when it is not there. */
export function selectableNode(name: string, nodes: readonly Node[]): SelectableNode {
  const node = nodes.find(({ metadata }) => metadata.name === name);
  return { name, labels: node?.metadata.labels ?? {} };
}

/**
 * The NIC that leads to a network on a node; undefined when the network leaves the node out. `spec.nodeSelector`
 * replaces `spec.excludeNodes`; the first entry of `spec.customInterfaces` that names the node wins over the default.
 */
export function nicOn({ spec }: ProviderNetwork, node: SelectableNode): string | undefined {
  const isIncluded = spec.nodeSelector
    ? isSelected(spec.nodeSelector, node.labels)
    : !spec.excludeNodes?.includes(node.name);
  if (!isIncluded) return undefined;
  const custom = spec.customInterfaces?.find(({ nodes }) => nodes.includes(node.name));
  return custom?.interface ?? spec.defaultInterface;
}

type Selector = NonNullable<ProviderNetwork['spec']['nodeSelector']>;

type Expression = NonNullable<Selector['matchExpressions']>[number];
type Labels = SelectableNode['labels'];

/** Whether labels satisfy a LabelSelector: all of it; an empty one holds for everything (API reference, LabelSelector). */
export function isSelected(selector: Selector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((expression) => holds(expression, labels))
  );
}

function holds({ key, operator, values = [] }: Expression, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
