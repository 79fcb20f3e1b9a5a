import { z } from 'zod';
import { looseMetadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** The parts of a Kubernetes Node that we read. */
export const nodeSchema = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Node'),
  metadata: looseMetadataSchema,
  spec: z
    .looseObject({
      /** Cordoned: no new pods, and no candidate for new gateways. */
      unschedulable: z.boolean().optional(),
      taints: z
        .array(z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() }))
        .optional(),
    })
    .default({}),
  status: z
    .looseObject({
      addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).optional(),
      conditions: z.array(conditionSchema).optional(),
    })
    .optional(),
});

/** The parts of a Kubernetes Node that we read. */
export type Node = DeepReadonly<z.infer<typeof nodeSchema>>;
