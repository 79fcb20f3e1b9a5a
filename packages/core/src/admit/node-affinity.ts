import type { Affinity, NodeSelectorTerm, WeightedTerm } from '@berth/api';

/** The highest weight there is: nothing a pod says weighs more. */
const weight = 100;

/**
 * The affinity with which a pod runs only on nodes that fit one of the terms, beside all that it asks for itself. The
 * very same affinity when it says so already.
 */
export function requiring(
  affinity: Affinity | undefined,
  terms: readonly NodeSelectorTerm[],
): Affinity | undefined {
  const own = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeSelectorTerms = own
    ? own.nodeSelectorTerms.flatMap((mine) =>
        isAmong(mine, terms) ? [mine] : terms.map((each) => both(mine, each)),
      )
    : terms;
  if (own && same(own.nodeSelectorTerms, nodeSelectorTerms)) return affinity;
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { ...own, nodeSelectorTerms },
    },
  };
}

/** The affinity with which a pod runs on nodes that fit one of the terms where it can. */
export function preferring(
  affinity: Affinity | undefined,
  terms: readonly NodeSelectorTerm[],
): Affinity | undefined {
  const own = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const wanted = terms.map((preference): WeightedTerm => ({ weight, preference }));
  const missing = wanted.filter((each) => !own.some((mine) => same(mine, each)));
  if (missing.length === 0) return affinity;
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      preferredDuringSchedulingIgnoredDuringExecution: [...own, ...missing],
    },
  };
}

/** Whether a term asks for all that one of the others does. */
function isAmong(mine: NodeSelectorTerm, terms: readonly NodeSelectorTerm[]): boolean {
  return terms.some((each) => same(both(mine, each), mine));
}

/** Nodes that fit both terms. An empty term fits no node, and stays so. */
function both(left: NodeSelectorTerm, right: NodeSelectorTerm): NodeSelectorTerm {
  const isEmpty = (left.matchExpressions ?? []).length + (left.matchFields ?? []).length === 0;
  if (isEmpty) return left;
  const matchExpressions = joined(left.matchExpressions, right.matchExpressions);
  const matchFields = joined(left.matchFields, right.matchFields);
  return {
    ...left,
    ...(matchExpressions.length > 0 && { matchExpressions }),
    ...(matchFields.length > 0 && { matchFields }),
  };
}

function joined<T>(left: readonly T[] = [], right: readonly T[] = []): readonly T[] {
  return [...left, ...right.filter((each) => !left.some((mine) => same(mine, each)))];
}

/** Whether two values are written alike. */
function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
