import { z } from 'zod';
import { conditionsSchema, metadataSchema } from '../resource/meta.ts';
import type { DeepReadonly } from '../resource/readonly.ts';

const vlanId = z
  .int()
  .min(0, { message: 'a VLAN id is at least 0' })
  .max(4095, { message: 'a VLAN id is at most 4095' });

const specSchema = z.strictObject({
  id: vlanId.describe('Tag of the frames; 0, the default, for untagged ones.').optional(),
  provider: z.string().describe('Name of the ProviderNetwork.'),
  vlanId: vlanId.describe('Deprecated by Kube-OVN: use id.').optional(),
  providerInterfaceName: z.string().describe('Deprecated by Kube-OVN: use provider.').optional(),
});

const statusSchema = z.object({
  subnets: z.array(z.string()).describe('Names of the Subnets on it.').optional(),
  conflict: z
    .boolean()
    .describe('Whether another Vlan has the same provider and the same id other than 0.')
    .optional(),
  conditions: conditionsSchema.optional(),
});

/** How a Vlan is read. */
export const vlanSchema = z
  .strictObject({
    apiVersion: z.literal('kubeovn.io/v1'),
    kind: z.literal('Vlan'),
    metadata: metadataSchema,
    spec: specSchema.describe('What is wanted.'),
    status: statusSchema.describe('What there is.').optional(),
  })
  .describe('One VLAN of a provider network.');

/** One VLAN of a provider network. */
export type Vlan = DeepReadonly<z.infer<typeof vlanSchema>>;
