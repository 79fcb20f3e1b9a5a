import type { Condition, Resource } from '@berth/api';
import { broken, type Verdict } from './verdict.ts';

type Told = Pick<Resource, 'metadata'> & {
  readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined;
};

/**
 * Whether an object was told to do what it should, as it is written now: then its rows reached the nodes before any of them stood still.
 * What is new or changed since has its condition False until they did.
 */
export function wasInstalled({ metadata, status }: Told): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return false;
  const { observedGeneration } = ready;
  return (
    observedGeneration === undefined || observedGeneration === (metadata.generation ?? observedGeneration)
  );
}

type Given = Verdict & { readonly node: string | undefined; readonly frozen?: string | undefined };

/** Who answers for a rule, unless that node stands still and the rule is new or changed since: then nobody does yet. */
export function unlessFrozen<T extends Given>(rule: Told, how: string, answer: T): T {
  const { node, frozen, ready } = answer;
  if (!ready || node === undefined || frozen === undefined || wasInstalled(rule)) return answer;
  const message = `${how}: ${node} should answer, and it is not yet installed there: ${frozen}`;
  return {
    ...answer,
    ...broken('node-frozen', message, `start ovn-controller on node ${node}`),
    node: undefined,
  };
}
