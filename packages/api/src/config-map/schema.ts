import { z } from 'zod';
import { looseMetadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

/** A Kubernetes ConfigMap; ours is `ovn-external-gw-config`, see `well-known.ts`. */
export const configMapSchema = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata: looseMetadataSchema,
  data: z.record(z.string(), z.string()).default({}),
});

/** A Kubernetes ConfigMap; ours is `ovn-external-gw-config`, see `well-known.ts`. */
export type ConfigMap = DeepReadonly<z.infer<typeof configMapSchema>>;
