import { z } from 'zod';
import { conditionSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const vlanId = z
  .int()
  .min(0, { message: 'a VLAN id is at least 0' })
  .max(4095, { message: 'a VLAN id is at most 4095' });

const specSchema = z.strictObject({
  /** Tag of the frames; 0 for untagged, which is also the default. */
  id: vlanId.optional(),
  /** Name of the ProviderNetwork. */
  provider: z.string(),
  /** Deprecated by Kube-OVN in favour of `id`. */
  vlanId: vlanId.optional(),
  /** Deprecated by Kube-OVN in favour of `provider`. */
  providerInterfaceName: z.string().optional(),
});

const statusSchema = z.object({
  subnets: z.array(z.string()).optional(),
  /** Another Vlan has the same provider and the same id other than 0. */
  conflict: z.boolean().optional(),
  conditions: z.array(conditionSchema).optional(),
});

/** One VLAN of a provider network. */
export const vlanSchema = z.strictObject({
  apiVersion: z.literal('kubeovn.io/v1'),
  kind: z.literal('Vlan'),
  metadata: metadataSchema,
  spec: specSchema,
  status: statusSchema.optional(),
});

/** One VLAN of a provider network. */
export type Vlan = DeepReadonly<z.infer<typeof vlanSchema>>;
