import { z } from 'zod';
import { looseMetadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const conditionSchema = z.looseObject({ type: z.string(), status: z.string() });

/** The parts of a Kubernetes Pod that we read. Its network wishes are annotations, see `well-known.ts`. */
export const podSchema = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Pod'),
  metadata: looseMetadataSchema,
  spec: z
    .looseObject({
      nodeName: z.string().optional(),
      nodeSelector: z.record(z.string(), z.string()).optional(),
      hostNetwork: z.boolean().optional(),
    })
    .default({}),
  status: z
    .looseObject({
      phase: z.string().optional(),
      podIP: z.string().optional(),
      podIPs: z.array(z.looseObject({ ip: z.string() })).optional(),
      conditions: z.array(conditionSchema).optional(),
    })
    .optional(),
});

/** The parts of a Kubernetes Pod that we read. Its network wishes are annotations, see `well-known.ts`. */
export type Pod = DeepReadonly<z.infer<typeof podSchema>>;
