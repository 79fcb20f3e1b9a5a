import { type Condition, kinds, type Resource, refOf } from '@berth/api';
import { same } from '../intent/object/same.ts';
import { type Verdict, withNotes } from './verdict.ts';
import type { View } from './view.ts';

/** A condition of an object, or of the object on one node (Kube-OVN's ProviderNetwork). */
export type NodeCondition = Condition & { readonly node?: string | undefined };

type Judged = Pick<Resource, 'kind' | 'metadata'> & {
  readonly status?: { readonly conditions?: readonly NodeCondition[] | undefined } | undefined;
};

/**
 * The conditions of an object under a verdict; what is only worth knowing is added to the message. Where status is no subresource (a Vip's)
 * writing it raises the generation, so there no condition can name the one it was found for: it would chase it for ever.
 */
export function conditionsOf(
  object: Judged,
  verdict: Verdict,
  { findings, now }: View,
): readonly NodeCondition[] {
  const said = withNotes(verdict, refOf(object), findings);
  const { hasStatus } = kinds[object.kind];
  return withReady(object.status?.conditions, said, hasStatus ? object.metadata.generation : undefined, now);
}

/** The conditions with Ready as the verdict says, at the place it had or the first. */
function withReady(
  conditions: readonly NodeCondition[] | undefined,
  verdict: Verdict,
  observedGeneration: number | undefined,
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
  { ready, isUnknown, reason, message }: Verdict,
  observedGeneration: number | undefined,
  now: string,
): readonly NodeCondition[] {
  const all = conditions ?? [];
  const old = all.find((each) => each.type === type && each.node === undefined);
  const status = isUnknown ? 'Unknown' : ready ? 'True' : 'False';
  const said = { type, status, reason, message } as const;
  const seen = observedGeneration === undefined ? said : { ...said, observedGeneration };
  const times = {
    lastUpdateTime: old?.lastUpdateTime ?? now,
    lastTransitionTime: old?.status === said.status ? (old.lastTransitionTime ?? now) : now,
  };
  if (old && same(old, { ...seen, ...times })) return all;
  const condition = { ...seen, ...times, lastUpdateTime: now };
  if (old) return all.map((each) => (each === old ? condition : each));
  return type === 'Ready' ? [condition, ...all] : [...all, condition];
}
