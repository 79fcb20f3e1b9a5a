import { type Condition, type Resource, refOf } from '@berth/api';
import { same } from '../intent/same.ts';
import { type Verdict, withNotes } from './verdict.ts';
import type { View } from './view.ts';

/** A condition of an object, or of the object on one node (Kube-OVN's ProviderNetwork). */
export type NodeCondition = Condition & { readonly node?: string | undefined };

type Judged = Pick<Resource, 'kind' | 'metadata'> & {
  readonly status?: { readonly conditions?: readonly NodeCondition[] | undefined } | undefined;
};

/** The conditions of an object under a verdict; what is only worth knowing is added to the message. */
export function conditionsOf(
  object: Judged,
  verdict: Verdict,
  { findings, now }: View,
): readonly NodeCondition[] {
  const said = withNotes(verdict, refOf(object), findings);
  return withReady(object.status?.conditions, said, object.metadata.generation, now);
}

/** The conditions with Ready as the verdict says, at the place it had or the first. */
export function withReady(
  conditions: readonly NodeCondition[] | undefined,
  verdict: Verdict,
  observedGeneration: number,
  now: string,
): readonly NodeCondition[] {
  return withCondition('Ready', conditions, verdict, observedGeneration, now);
}

/**
 * The conditions with one type as the verdict says. `lastTransitionTime` moves when the status does, `lastUpdateTime` with any change; a
 * verdict that says nothing new gives the conditions as they are (API conventions, "Typical status properties").
 * Conditions of other types and of single nodes stay. Ready comes first, others last.
 */
export function withCondition(
  type: string,
  conditions: readonly NodeCondition[] | undefined,
  { ready, reason, message }: Verdict,
  observedGeneration: number,
  now: string,
): readonly NodeCondition[] {
  const all = conditions ?? [];
  const old = all.find((each) => each.type === type && each.node === undefined);
  const said = { type, status: ready ? 'True' : 'False', reason, message, observedGeneration } as const;
  const times = {
    lastUpdateTime: old?.lastUpdateTime ?? now,
    lastTransitionTime: old?.status === said.status ? (old.lastTransitionTime ?? now) : now,
  };
  if (old && same(old, { ...said, ...times })) return all;
  const condition = { ...said, ...times, lastUpdateTime: now };
  if (old) return all.map((each) => (each === old ? condition : each));
  return type === 'Ready' ? [condition, ...all] : [...all, condition];
}
