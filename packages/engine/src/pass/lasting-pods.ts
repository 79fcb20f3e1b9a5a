import type { Pod, ResourceSet } from '@berth/api';

/** A pod whose name comes back, as it was seen last, and since when it is gone (RFC 3339); undefined while it is there. */
export type LastingPod = { readonly pod: Pod; readonly goneSince: string | undefined };

/** The pods of StatefulSets that are there, or that were a moment ago, by namespace and name. */
export type LastingPods = ReadonlyMap<string, LastingPod>;

/** How long the next pod of a name may take to come. A StatefulSet makes it once the one before is gone. */
const awaitedMs = 60_000;

/** Whether the next pod will have the name of this one (Kubernetes, "StatefulSets", stable network ID). */
export function isLasting({ metadata }: Pod): boolean {
  return metadata.ownerReferences.some(
    ({ kind, controller }) => kind === 'StatefulSet' && controller === true,
  );
}

/** The pods of StatefulSets after a pass at `now`, given those before. */
export function followLasting(
  { Pod: pods }: Pick<ResourceSet, 'Pod'>,
  before: LastingPods,
  now: string,
): LastingPods {
  const after = new Map<string, LastingPod>();
  for (const [key, { pod, goneSince = now }] of before) {
    const gone = { pod, goneSince };
    if (leftMs(gone, now) > 0) after.set(key, gone);
  }
  for (const pod of pods) after.delete(keyOf(pod));
  for (const pod of pods) if (isLasting(pod)) after.set(keyOf(pod), { pod, goneSince: undefined });
  return after;
}

/** The resources with pods that are gone and whose successor is awaited, so that its address is kept for it. */
export function withAwaitedPods(resources: ResourceSet, lasting: LastingPods, now: string): ResourceSet {
  const there = new Set(resources.Pod.map(keyOf));
  const awaited = [...lasting]
    .filter(([key, each]) => !there.has(key) && leftMs(each, now) > 0)
    .map(([, { pod }]) => pod);
  return awaited.length === 0 ? resources : { ...resources, Pod: [...resources.Pod, ...awaited] };
}

/** In how many ms the next address is kept no longer; undefined where none is kept. */
export function nextForgottenMs(lasting: LastingPods, now: string): number | undefined {
  const left = [...lasting.values()]
    .filter(({ goneSince }) => goneSince !== undefined)
    .map((each) => leftMs(each, now));
  return left.length === 0 ? undefined : Math.min(...left);
}

function leftMs({ goneSince }: LastingPod, now: string): number {
  return goneSince === undefined ? awaitedMs : awaitedMs - (Date.parse(now) - Date.parse(goneSince));
}

function keyOf({ metadata: { namespace = '', name } }: Pod): string {
  return `${namespace}/${name}`;
}
