import type { Node, ProviderNetwork } from '@berth/api';

/**
 * Whether a provider network is to have its bridge on a node: `spec.nodeSelector` decides where it is given, else every
 * node that `spec.excludeNodes` does not name (Kube-OVN, ProviderNetwork).
 */
export function targets({ spec }: ProviderNetwork, { metadata }: Node): boolean {
  if (!spec.nodeSelector) return !spec.excludeNodes?.includes(metadata.name);
  return selects(spec.nodeSelector, metadata.labels);
}

/** How nodes are selected. */
export type LabelSelector = NonNullable<ProviderNetwork['spec']['nodeSelector']>;

/** Whether labels fit a selector (Kubernetes, "Labels and Selectors"); an empty selector fits all. */
export function selects(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (matchExpressions ?? []).every((requirement) => holds(requirement, labels[requirement.key]))
  );
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** `value` is that of the label the requirement is about; undefined where there is no such label. */
function holds({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
  }
}
