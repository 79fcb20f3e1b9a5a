import { z } from 'zod';
import { looseMetadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

/** The parts of a Kubernetes Namespace that we read: labels, and annotations such as its logical switch. */
export const namespaceSchema = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Namespace'),
  metadata: looseMetadataSchema,
  status: z.looseObject({ phase: z.string().optional() }).optional(),
});

/** The parts of a Kubernetes Namespace that we read: labels, and annotations such as its logical switch. */
export type Namespace = DeepReadonly<z.infer<typeof namespaceSchema>>;
