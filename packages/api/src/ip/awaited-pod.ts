import { z } from 'zod';
import { type Pod, podSchema } from '../pod/schema.ts';
import type { DeepReadonly } from '../resource/readonly.ts';
import { awaitedPodAnnotation } from '../well-known.ts';
import type { IP } from './schema.ts';

const awaitedSchema = z.strictObject({ since: z.string(), until: z.string(), pod: podSchema });

/** A pod that is gone and whose successor gets its address, as it was, with the times (RFC 3339) since when it is gone and until when that is so. */
export type AwaitedPod = DeepReadonly<z.infer<typeof awaitedSchema>>;

/** The pod that the address of an IP is kept for; undefined where it is kept for none, or nobody can read for which. */
export function awaitedPodOf({ metadata: { annotations } }: Pick<IP, 'metadata'>): AwaitedPod | undefined {
  const text = annotations[awaitedPodAnnotation];
  if (text === undefined) return undefined;
  try {
    return awaitedSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** An IP whose address is kept for a pod, or for none any more: the very same one where it says so already. */
export function withAwaitedPod(ip: IP, awaited: AwaitedPod | undefined): IP {
  const { [awaitedPodAnnotation]: before, ...others } = ip.metadata.annotations;
  const text = awaited && JSON.stringify({ ...awaited, pod: essentialsOf(awaited.pod) });
  if (text === before) return ip;
  const annotations = text === undefined ? others : { ...others, [awaitedPodAnnotation]: text };
  return { ...ip, metadata: { ...ip.metadata, annotations } };
}

/** What rows are made of: the pod's own words may be long, and are not for everybody who may read an IP. */
function essentialsOf({ metadata, spec: { nodeName, nodeSelector, hostNetwork } }: Pod): Pod {
  const { name, namespace, uid, generation, creationTimestamp, ownerReferences } = metadata;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{ name, namespace, uid, generation, creationTimestamp, ownerReferences, finalizers: [] },
      labels: ofNetwork(metadata.labels),
      annotations: ofNetwork(metadata.annotations),
    },
    spec: { nodeName, nodeSelector, hostNetwork },
  };
}

function ofNetwork(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => networkKey.test(key)));
}

/** Kube-OVN's keys, with and without a provider before them, KubeVirt's and ours. */
const networkKey = /^([^/]+\.)?(kubernetes\.io|kubevirt\.io|berth\.dev)\/(?!last-applied)/;
