import {
  type AwaitedPod,
  awaitedPodAnnotation,
  awaitedPodOf,
  formatRef,
  type IP,
  type Pod,
  type ResourceSet,
  refOf,
  withAwaitedPod,
} from '@berth/api';
import { type Finding, finding, machineOf, portHolders, portName, type ResourceWrite } from '@berth/core';

/** A pod whose name comes back, as it was seen last, and since when it is gone (RFC 3339); undefined while it is there. */
export type LastingPod = { readonly pod: Pod; readonly goneSince: string | undefined };

/** The pods of StatefulSets and virtual machines that work, or did a moment ago, by the name of their port. */
export type LastingPods = ReadonlyMap<string, LastingPod>;

/** How long the next pod may take to come. A StatefulSet, and KubeVirt when a machine is restarted, makes it once the one before is gone. */
const awaitedMs = 60_000;

/** Whether the next pod will have the port of this one: its name (Kubernetes, "StatefulSets", stable network ID), or its virtual machine. */
export function isLasting(pod: Pod): boolean {
  return (
    machineOf(pod) !== undefined ||
    pod.metadata.ownerReferences.some(({ kind, controller }) => kind === 'StatefulSet' && controller === true)
  );
}

/** The pods that last after a pass at `now`, given those before. */
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
  const working = portHolders(pods);
  for (const pod of working) after.delete(portName(pod));
  for (const pod of working) if (isLasting(pod)) after.set(portName(pod), { pod, goneSince: undefined });
  return after;
}

/** The resources with pods that have ended or are gone and whose successor is awaited, so that its address is kept for it. */
export function withAwaitedPods(resources: ResourceSet, lasting: LastingPods, now: string): ResourceSet {
  if (lasting.size === 0) return resources;
  const there = new Set(portHolders(resources.Pod).map(portName));
  const awaited = [...lasting]
    .filter(([port, each]) => !there.has(port) && leftMs(each, now) > 0)
    .map(([, { pod }]) => pod);
  if (awaited.length === 0) return resources;
  // One that has ended may be listed still: as it was is what counts.
  const ended = new Set(awaited.map(keyOf));
  return { ...resources, Pod: [...resources.Pod.filter((pod) => !ended.has(keyOf(pod))), ...awaited] };
}

/** The pods that last as this controller knows them, with those that IP objects tell are awaited: the one before it saw them go. */
export function knownLasting({ IP: ips }: Pick<ResourceSet, 'IP'>, known: LastingPods): LastingPods {
  const told = awaitedIn(ips).map(({ ip, awaited: { pod, since } }): [string, LastingPod] => [
    ip.metadata.name,
    { pod, goneSince: since },
  ]);
  return told.length === 0 ? known : new Map([...told, ...known]);
}

/** What IP objects are yet to tell of who is awaited, so that everybody knows who looks at the objects. */
export function awaitedWrites(
  { IP: ips }: Pick<ResourceSet, 'IP'>,
  lasting: LastingPods,
): readonly ResourceWrite[] {
  return ips.flatMap((ip) => {
    const known = lasting.get(ip.metadata.name);
    const isTold = ip.metadata.annotations[awaitedPodAnnotation] !== undefined;
    if ((!isTold && known?.goneSince === undefined) || ip.metadata.deletionTimestamp !== undefined) return [];
    const object = withAwaitedPod(ip, awaitedOf(known));
    return object === ip ? [] : [{ verb: 'upsert' as const, object }];
  });
}

/** What is told of the addresses that are kept at `now`. */
export function keptFindings({ IP: ips, Pod: pods }: ResourceSet, now: string): readonly Finding[] {
  const told = awaitedIn(ips);
  if (told.length === 0) return [];
  const there = new Set(portHolders(pods).map(portName));
  return told
    .filter(({ ip, awaited }) => !there.has(ip.metadata.name) && Date.parse(now) < Date.parse(awaited.until))
    .map(({ ip, awaited: { pod, since, until } }) => {
      const [object, gone] = [refOf(ip), refOf(pod)];
      return finding('address-kept', {
        ...{ object, related: [gone] },
        message: `${formatRef(gone)} is gone since ${since}: ${formatRef(object)} is kept until ${until} for the next pod of that name`,
        cure: 'wait; where none comes, address and rows go by themselves',
      });
    });
}

function awaitedIn(ips: readonly IP[]): readonly { readonly ip: IP; readonly awaited: AwaitedPod }[] {
  return ips.flatMap((ip) => {
    const awaited = awaitedPodOf(ip);
    return awaited ? [{ ip, awaited }] : [];
  });
}

function awaitedOf(known: LastingPod | undefined): AwaitedPod | undefined {
  if (known?.goneSince === undefined) return undefined;
  const until = new Date(Date.parse(known.goneSince) + awaitedMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return { since: known.goneSince, until, pod: known.pod };
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
