import { z } from 'zod';
import type { DeepReadonly } from '../resource/readonly.ts';

const requirementSchema = z.looseObject({
  key: z.string(),
  operator: z.string(),
  values: z.array(z.string()).optional(),
});

const termSchema = z.looseObject({
  matchExpressions: z.array(requirementSchema).optional(),
  matchFields: z.array(requirementSchema).optional(),
});

const weightedSchema = z.looseObject({ weight: z.number(), preference: termSchema });

const affinitySchema = z.looseObject({
  nodeAffinity: z
    .looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .looseObject({ nodeSelectorTerms: z.array(termSchema) })
        .optional(),
      preferredDuringSchedulingIgnoredDuringExecution: z.array(weightedSchema).optional(),
    })
    .optional(),
});

const schedulingSchema = z.looseObject({
  nodeName: z.string().optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  affinity: affinitySchema.optional(),
});

/** One of several descriptions of nodes: all that it says must hold, and an empty one fits no node. */
export type NodeSelectorTerm = DeepReadonly<z.infer<typeof termSchema>>;

/** A description of nodes that are better than others; weights are 1 to 100. */
export type WeightedTerm = DeepReadonly<z.infer<typeof weightedSchema>>;

/** `spec.affinity` of a pod. */
export type Affinity = DeepReadonly<z.infer<typeof affinitySchema>>;

/** What a pod says of the nodes it may run on (Kubernetes, "Assigning Pods to Nodes"). */
export type Scheduling = DeepReadonly<z.infer<typeof schedulingSchema>>;

/** Reads a pod's spec as far as it is about nodes; undefined for what no API server would take. */
export function schedulingOf(spec: unknown): Scheduling | undefined {
  return schedulingSchema.safeParse(spec).data;
}
