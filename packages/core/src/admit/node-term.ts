import {
  externalGatewayLabel,
  type GatewayPolicy,
  type Node,
  type NodeSelectorTerm,
  type Scheduling,
} from '@berth/api';
import type { GatewayConfig } from '../intent/object/gateway-config.ts';

type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

/**
 * The terms that fit the nodes a policy chooses as gateways: its selector, else the label, and the nodes of the
 * ConfigMap. Empty where the policy takes every node.
 */
export function gatewayTerms(
  policy: GatewayPolicy,
  config: GatewayConfig | undefined,
): readonly NodeSelectorTerm[] {
  const selector = policy.spec.gateways?.nodeSelector;
  if (!selector) {
    const named = config?.enabled ? config.nodes : [];
    return [
      { matchExpressions: [is(externalGatewayLabel, 'true')] },
      // A term of names takes one each (Kubernetes, NodeSelectorTerm.matchFields).
      ...named.map((name) => ({ matchFields: [is('metadata.name', name)] })),
    ];
  }
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => is(key, value));
  const matchExpressions = [...labels, ...(selector.matchExpressions ?? [])];
  return matchExpressions.length === 0 ? [] : [{ matchExpressions }];
}

function is(key: string, value: string): Requirement {
  return { key, operator: 'In', values: [value] };
}

/** Whether a pod may run on a node, as far as selectors of nodes go. */
export function fitsNode({ nodeName, nodeSelector, affinity }: Scheduling, node: Node): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    (!nodeName || nodeName === node.metadata.name) &&
    Object.entries(nodeSelector ?? {}).every(([key, value]) => node.metadata.labels[key] === value) &&
    (!required || required.nodeSelectorTerms.some((term) => fitsTerm(term, node)))
  );
}

/** Whether a node fits a term. */
function fitsTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const { name, labels } = node.metadata;
  return (
    matchExpressions.every((each) => holds(each, labels[each.key])) &&
    matchFields.every((each) => each.key === 'metadata.name' && holds(each, name))
  );
}

function holds({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
