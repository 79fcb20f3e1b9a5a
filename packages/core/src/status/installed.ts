import { type Condition, formatRef, type Resource, refOf } from '@berth/api';
import { hasRowsOf } from '../fabric/frozen.ts';
import type { FrozenAt } from './answer.ts';
import { broken, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

type Told = Pick<Resource, 'kind' | 'metadata'> & {
  readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined;
};

/**
 * Whether an object was told to do what it should, as it is written now: where its rows do not say when they changed, this tells best whether
 * they reached the nodes before one of them stood still.
 */
export function wasInstalled({ metadata, status }: Pick<Told, 'metadata' | 'status'>): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return false;
  const { observedGeneration } = ready;
  return (
    observedGeneration === undefined || observedGeneration === (metadata.generation ?? observedGeneration)
  );
}

type Given = Verdict & { readonly node: string | undefined; readonly frozen?: FrozenAt | undefined };

/**
 * Who answers for a rule, unless that node stands still and has not what was written of the rule, or of the port of its workload: then nobody
 * does yet.
 */
export function unlessFrozen<T extends Given>(
  { rule, how, port }: { readonly rule: Told; readonly how: string; readonly port: string | undefined },
  answer: T,
  { fabric }: Pick<View, 'fabric'>,
): T {
  const { node, frozen, ready } = answer;
  if (!ready || node === undefined || frozen === undefined) return answer;
  const has = (object: string): boolean | undefined => hasRowsOf(fabric, frozen.chassis, object);
  const hasRule = has(formatRef(refOf(rule))) ?? wasInstalled(rule);
  const hasPort = port === undefined || has(formatRef({ kind: 'IP', name: port })) !== false;
  if (hasRule && hasPort) return answer;
  const message = `${how}: ${node} should answer, and it is not yet installed there: ${frozen.why}`;
  return {
    ...answer,
    ...broken('node-frozen', message, `start ovn-controller on node ${node}`),
    node: undefined,
  };
}
